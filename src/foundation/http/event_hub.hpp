#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace csva::http {

/// Server-sent events inside one process: whoever knows something publishes it under a topic
/// ("user:12", "job:7"), each open stream listens to some topics. A slow reader loses its oldest
/// events, never blocks a publisher. Thread-safe.
class EventHub {
public:
    EventHub();
    ~EventHub();
    EventHub(const EventHub&) = delete;
    EventHub& operator=(const EventHub&) = delete;

    /// `event` is the SSE event name, `json` its data (one line).
    void publish(std::string_view topic, std::string_view event, std::string_view json);

    /// Calls `wake` (any thread) for each event of the topics until the subscription goes. `text`
    /// is the finished SSE block.
    class Subscription {
    public:
        virtual ~Subscription() = default;
    };
    std::unique_ptr<Subscription> subscribe(
        std::vector<std::string> topics, std::function<void(std::string text)> wake
    );

    /// Open streams, for metrics.
    std::size_t size() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace csva::http
