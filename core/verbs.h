// The list of verbs. A new one is a unit in core/verbs/ and a type here; loader, suggestions and run follow.
#pragma once

#include "core/members.h"
#include "core/verbs/exec.h"
#include "core/verbs/link.h"
#include "core/verbs/link_actions.h"
#include "core/verbs/ping.h"
#include "core/verbs/tcp_echo.h"
#include "core/verbs/verb.h"

namespace netrig {

using Verbs = Members<Ping, TcpEcho, Exec, LinkCheck, LinkUp, LinkDown, DeleteLink>;
using AnyVerb = Verbs::Variant;

static_assert(Verb<Ping>);
static_assert(Verb<TcpEcho>);
static_assert(Verb<Exec>);
static_assert(Verb<LinkCheck>);
static_assert(Verb<LinkUp>);
static_assert(Verb<LinkDown>);
static_assert(Verb<DeleteLink>);

} // namespace netrig
