// The list of verbs. A new one is a unit in core/verbs/ and a type here; loader, suggestions and run follow.
#pragma once

#include "core/members.h"
#include "core/verbs/address.h"
#include "core/verbs/address_actions.h"
#include "core/verbs/counter.h"
#include "core/verbs/cut.h"
#include "core/verbs/exchange.h"
#include "core/verbs/exec.h"
#include "core/verbs/fdb.h"
#include "core/verbs/flap.h"
#include "core/verbs/flush_neighbours.h"
#include "core/verbs/impair.h"
#include "core/verbs/link.h"
#include "core/verbs/link_actions.h"
#include "core/verbs/listening.h"
#include "core/verbs/neighbour.h"
#include "core/verbs/path.h"
#include "core/verbs/path_mtu.h"
#include "core/verbs/ping.h"
#include "core/verbs/reach.h"
#include "core/verbs/route.h"
#include "core/verbs/route_actions.h"
#include "core/verbs/rule.h"
#include "core/verbs/sysctl.h"
#include "core/verbs/verb.h"

namespace netrig {

using Verbs = Members<Ping, TcpEcho, UdpEcho, TcpConnect, Reach, Path, PathMtu, Exec, LinkCheck, AddressCheck,
                      RouteCheck, NeighbourCheck, FdbCheck, RuleCheck, SysctlCheck, ListeningCheck,
                      CounterCheck, LinkUp, LinkDown, DeleteLink, AddAddressAction, DeleteAddressAction,
                      AddRouteAction, DeleteRouteAction, FlushNeighbours, Flap, Impair, Cut, Heal, Partition>;
using AnyVerb = Verbs::Variant;

static_assert(Verb<Ping>);
static_assert(Verb<TcpEcho>);
static_assert(Verb<UdpEcho>);
static_assert(Verb<TcpConnect>);
static_assert(Verb<Reach>);
static_assert(Verb<Path>);
static_assert(Verb<PathMtu>);
static_assert(Verb<Exec>);
static_assert(Verb<LinkCheck>);
static_assert(Verb<LinkUp>);
static_assert(Verb<LinkDown>);
static_assert(Verb<DeleteLink>);
static_assert(Verb<Flap>);
static_assert(Verb<Impair>);
static_assert(Verb<Cut>);
static_assert(Verb<Heal>);
static_assert(Verb<Partition>);
static_assert(Verb<AddressCheck>);
static_assert(Verb<RouteCheck>);
static_assert(Verb<NeighbourCheck>);
static_assert(Verb<FdbCheck>);
static_assert(Verb<RuleCheck>);
static_assert(Verb<SysctlCheck>);
static_assert(Verb<ListeningCheck>);
static_assert(Verb<CounterCheck>);
static_assert(Verb<AddAddressAction>);
static_assert(Verb<DeleteAddressAction>);
static_assert(Verb<AddRouteAction>);
static_assert(Verb<DeleteRouteAction>);
static_assert(Verb<FlushNeighbours>);

} // namespace netrig
