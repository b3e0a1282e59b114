#include "app/witness.hpp"

#include "foundation/base/described.hpp"
#include "foundation/http/text.hpp"

#include <unordered_map>

namespace csva::app {
namespace {

class JournalWitness final : public http::Witness {
public:
    JournalWitness(const http::Routes& routes, journal::Journal& journal) : journal_(journal) {
        for (const auto& route : routes.all())
            actions_.emplace(route.get(), http::action_of(*route));
    }

    void saw(const http::Witnessed& request) override {
        const auto& context = request.context;
        journal::Entry entry;
        const auto action = actions_.find(request.route);
        entry.action = action == actions_.end() ? "http.refused" : action->second;
        entry.actor_id =
            context.noted.actor_id != 0 ? context.noted.actor_id : context.actor.user_id;
        add_subject(entry, request);
        entry.outcome = request.refused         ? journal::Outcome::refused
                        : request.status >= 400 ? journal::Outcome::failed
                                                : journal::Outcome::done;
        entry.details = "{\"status\":" + std::to_string(request.status);
        if (!request.reason.empty()) {
            entry.details += ",\"reason\":";
            base::encode_text(entry.details, request.reason);
        }
        entry.details += '}';
        // Where from is asked of attempts to get in, and of nothing else.
        if (request.refused || context.noted.actor_id != 0)
            entry.network = http::network_of(context.head.remote_address);
        entry.counted = comes_in_bulk(request, entry);
        journal_.append(std::move(entry));
    }

private:
    static void add_subject(journal::Entry& entry, const http::Witnessed& request) {
        const auto& noted = request.context.noted;
        if (noted.object_id != 0) {
            entry.object_kind = noted.object_kind;
            entry.object_id = noted.object_id;
        } else if (request.route != nullptr) {
            auto subject = http::subject_of(*request.route, request.context);
            entry.object_kind = std::move(subject.kind);
            entry.object_id = subject.id;
        }
    }

    /// Predictions, what programs log over another protocol, and what strangers try.
    static bool comes_in_bulk(const http::Witnessed& request, const journal::Entry& entry) {
        if (entry.actor_id == 0) return true;
        if (request.route == nullptr || request.route->method == http::Method::delete_)
            return false;
        return request.route->doc.memory_first || request.route->dialect != nullptr;
    }

    journal::Journal& journal_;
    std::unordered_map<const http::Route*, std::string> actions_;
};

}  // namespace

std::unique_ptr<http::Witness> journal_witness(
    const http::Routes& routes, journal::Journal& journal
) {
    return std::make_unique<JournalWitness>(routes, journal);
}

}  // namespace csva::app
