// The kinds that have no settings of their own.
#pragma once

#include "core/kinds/kind.h"

namespace netrig {

/// `lo`, which every namespace has from the start.
struct Loopback : PlainKind<Loopback> {
    static constexpr std::string_view name = "loopback";
    static constexpr std::string_view meaning = "lo";
    static constexpr std::string_view feature = "";
    static constexpr bool ethernet = false, own_mac = false;
};

/// An end of a link, never written as a kind.
struct Veth : PlainKind<Veth> {
    static constexpr std::string_view name = "veth";
    static constexpr std::string_view meaning = "an end of a link";
    static constexpr std::string_view feature = "kernel:veth";
    static constexpr Passes passes = Passes::with_carrier;
};

struct Dummy : PlainKind<Dummy> {
    static constexpr std::string_view name = "dummy";
    static constexpr std::string_view meaning = "leads nowhere: a place for addresses and routes";
    static constexpr std::string_view feature = "kernel:dummy";
};

struct Ifb : PlainKind<Ifb> {
    static constexpr std::string_view name = "ifb";
    static constexpr std::string_view meaning = "a queue for what other interfaces redirect to it";
    static constexpr std::string_view feature = "kernel:ifb";
};

/// tuntap(4) of Documentation/networking/tuntap.rst: kept without a program (TUNSETPERSIST).
struct Tun : PlainKind<Tun> {
    static constexpr std::string_view name = "tun";
    static constexpr std::string_view meaning = "hands IP packets to a program";
    static constexpr std::string_view feature = "kernel:tun";
    static constexpr Passes passes = Passes::with_program;
    static constexpr bool ethernet = false, own_mac = false;
};

struct Tap : PlainKind<Tap> {
    static constexpr std::string_view name = "tap";
    static constexpr std::string_view meaning = "hands Ethernet frames to a program";
    static constexpr std::string_view feature = "kernel:tap";
    static constexpr Passes passes = Passes::with_program;
};

} // namespace netrig
