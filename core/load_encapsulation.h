// Reads the words behind "encap" in a route: MPLS labels, SRv6 segments, and what is done with packets whose
// segment this node is (ip-route(8)).
#pragma once

#include "core/ip_words.h"

#include <memory>

namespace netrig {

/// "mpls 100/200 ttl 5", "seg6 mode encap segs fc00::1,fc00::2", "seg6local action End.X nh6 r2". Nothing
/// when a mistake was reported.
std::shared_ptr<const Encapsulation> read_encapsulation(const Text& key, Words& words,
                                                        const WordsContext& context);

std::string_view word(Seg6Mode mode);
std::string_view word(Seg6Action action);

} // namespace netrig
