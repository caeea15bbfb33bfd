// What the probers of TCP and UDP have in common: their sockets, and which answer of the network an errno is.
#pragma once

#include "core/lab.h"
#include "runner/fd.h"
#include "runner/node_namespaces.h"

#include <optional>
#include <string>

namespace netrig {

/// "TCP"
const char* name_of(Transport transport);

/// Nothing when the error is no answer of the network, as ENOMEM is none.
std::optional<ExchangeOutcome> outcome_of(int code);

/// Non-blocking, in the network namespace that the thread is in; `node` is for the error.
Result<Fd> open_socket(Transport transport, Family family, const NodeNamespaces& node);

/// A server's socket on a port of all the node's addresses. Enters the node. The Error's code is EADDRINUSE
/// where the port is taken.
Result<Fd> open_server(Transport transport, Family family, std::uint16_t port, const NodeNamespaces& node);

/// To the source address and port that were asked for, if any were.
Status bind_source(int fd, const ExchangeRequest& request, const NodeNamespaces& node);

/// `length` bytes that stand at `offset` of what is sent: such that lost, repeated or mixed-up ones are seen.
std::string pattern(std::size_t offset, std::size_t length);
char pattern_at(std::size_t offset);

} // namespace netrig
