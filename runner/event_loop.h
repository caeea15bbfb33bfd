// Boost.Asio's loop with all the descriptors that it needs, or the reason why there is none.
#pragma once

#include "core/result.h"

#include <boost/asio/io_context.hpp>
#include <memory>

namespace netrig {

/// For one thread.
Result<std::unique_ptr<boost::asio::io_context>> make_event_loop();

} // namespace netrig
