// The list of verbs. A new one is a unit in core/verbs/ and a type here; loader, suggestions and run follow.
#pragma once

#include "core/members.h"
#include "core/verbs/cut.h"
#include "core/verbs/exchange.h"
#include "core/verbs/exec.h"
#include "core/verbs/flap.h"
#include "core/verbs/impair.h"
#include "core/verbs/link.h"
#include "core/verbs/link_actions.h"
#include "core/verbs/path.h"
#include "core/verbs/path_mtu.h"
#include "core/verbs/ping.h"
#include "core/verbs/reach.h"
#include "core/verbs/verb.h"

namespace netrig {

using Verbs = Members<Ping, TcpEcho, UdpEcho, TcpConnect, Reach, Path, PathMtu, Exec, LinkCheck, LinkUp,
                      LinkDown, DeleteLink, Flap, Impair, Cut, Heal, Partition>;
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

} // namespace netrig
