// The list of kinds of interfaces. A new one is a unit in core/kinds/, its request in runner/kinds/, and a
// type here; loader, suggestions, plan and requirements follow.
#pragma once

#include "core/kinds/bond.h"
#include "core/kinds/bridge.h"
#include "core/kinds/macvlan.h"
#include "core/kinds/plain.h"
#include "core/kinds/tunnel.h"
#include "core/kinds/vlan.h"
#include "core/kinds/vxlan.h"
#include "core/kinds/wireguard.h"
#include "core/members.h"

namespace netrig {

/// What `kind` may be.
using WrittenKinds = Members<Bridge, Bond, Vrf, Vlan, Vxlan, Geneve, Macvlan, Ipvlan, Dummy, Ifb, Gre, Gretap,
                             Ip6gre, Ipip, Sit, Wireguard, Tun, Tap>;
using Kinds = Members<Veth, Loopback, Bridge, Bond, Vrf, Vlan, Vxlan, Geneve, Macvlan, Ipvlan, Dummy, Ifb,
                      Gre, Gretap, Ip6gre, Ipip, Sit, Wireguard, Tun, Tap>;
using AnyKind = Kinds::Variant;

static_assert(Kind<Veth> && Kind<Loopback> && Kind<Bridge> && Kind<Bond> && Kind<Vrf> && Kind<Vlan> &&
              Kind<Vxlan> && Kind<Geneve> && Kind<Macvlan> && Kind<Ipvlan> && Kind<Dummy> && Kind<Ifb> &&
              Kind<Gre> && Kind<Gretap> && Kind<Ip6gre> && Kind<Ipip> && Kind<Sit> && Kind<Wireguard> &&
              Kind<Tun> && Kind<Tap>);

/// The traits of a kind as values, for code that has an interface and not a type.
struct KindTraits {
    std::string_view name, feature, parent_word;
    Passes passes = Passes::when_up;
    bool ethernet = true, own_mac = true, overlay = false, has_ports = false;
};

KindTraits traits(const AnyKind& kind);
std::uint32_t number(const AnyKind& kind);
std::string ip_words(const AnyKind& kind); ///< what stands behind the kind's name in an `ip link add`
std::vector<AddressText*> addresses(AnyKind& kind);

} // namespace netrig
