// Changes addresses, routes and neighbours of a node while its lab lives.
#pragma once

#include "core/lab.h"
#include "runner/node_namespaces.h"

namespace netrig {

Status change_address(NodeNamespaces& node, const std::string& interface, const Prefix& address,
                      Change change);

/// `shown`: the route in words, for the Error.
Status change_route(NodeNamespaces& node, Route route, const std::string& shown, Change change);

/// Learnt entries of one interface, or of all for "". Those that another has removed meanwhile are gone too.
Status flush_neighbours(NodeNamespaces& node, const std::string& interface);

} // namespace netrig
