#include "foundation/http/event_hub.hpp"

#include <algorithm>
#include <mutex>
#include <set>

namespace csva::http {

namespace {
struct Listener {
    std::vector<std::string> topics;
    std::function<void(std::string)> wake;
};
}  // namespace

struct EventHub::State {
    mutable std::mutex mutex;
    std::set<Listener*> listeners;
};

namespace {
/// Takes its listener out of the hub when it goes. `Hub` is EventHub::State, which is private.
template <class Hub>
class Kept : public EventHub::Subscription {
public:
    Kept(std::shared_ptr<Hub> hub, Listener listener)
        : hub_(std::move(hub)), listener_(std::move(listener)) {
        const std::scoped_lock lock(hub_->mutex);
        hub_->listeners.insert(&listener_);
    }
    ~Kept() override {
        const std::scoped_lock lock(hub_->mutex);
        hub_->listeners.erase(&listener_);
    }

private:
    std::shared_ptr<Hub> hub_;
    Listener listener_;
};
}  // namespace

EventHub::EventHub() : state_(std::make_shared<State>()) {}
EventHub::~EventHub() = default;

void EventHub::publish(std::string_view topic, std::string_view event, std::string_view json) {
    std::string block = "event: ";
    block.append(event).append("\ndata: ").append(json).append("\n\n");
    const std::scoped_lock lock(state_->mutex);
    for (auto* listener : state_->listeners)
        if (std::ranges::find(listener->topics, topic) != listener->topics.end())
            listener->wake(block);
}

std::unique_ptr<EventHub::Subscription> EventHub::subscribe(
    std::vector<std::string> topics, std::function<void(std::string)> wake
) {
    return std::make_unique<Kept<State>>(state_, Listener{std::move(topics), std::move(wake)});
}

std::size_t EventHub::size() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->listeners.size();
}

}  // namespace csva::http
