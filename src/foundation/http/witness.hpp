#pragma once

#include "foundation/http/message.hpp"
#include "foundation/http/routes.hpp"

#include <string>
#include <string_view>

namespace csva::http {

/// A request that changed something, or was to, or was refused, or failed by our fault.
struct Witnessed {
    const Route* route = nullptr;  ///< Null when refused before one was found.
    const Context& context;
    int status = 0;
    std::string_view reason;  ///< Of the failure; "" when it was done.
    bool refused = false;     ///< Who asked may not, or is not known.
};

/// Who is told of such requests once they are answered: the journal. Called by network threads;
/// takes microseconds. Thread-safe.
class Witness {
public:
    virtual ~Witness() = default;
    virtual void saw(const Witnessed& request) = 0;
};

/// What a request to this route does, in a name for machines: "datasets.delete",
/// "training.create_trainings". From the route's tag, method and fixed words, unless its document
/// gives one.
std::string action_of(const Route& route);

/// What a request is about: the object of its access, else of its last path parameter that is an
/// id.
struct Subject {
    std::string kind;
    std::int64_t id = 0;
};
Subject subject_of(const Route& route, const Context& context);

}  // namespace csva::http
