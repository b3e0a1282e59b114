#include "foundation/http/handler_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <vector>

namespace csva::http {

struct HandlerPool::State {
    const char* name;
    std::size_t queue_max;
    mutable std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::move_only_function<void()>> queue;
    bool stopping = false;
    std::vector<std::jthread> threads;

    void work() {
        pthread_setname_np(pthread_self(), name);
        std::unique_lock lock(mutex);
        while (true) {
            wake.wait(lock, [this] { return stopping || !queue.empty(); });
            if (queue.empty()) return;
            auto job = std::move(queue.front());
            queue.pop_front();
            lock.unlock();
            job();
            job = nullptr;
            lock.lock();
        }
    }
};

HandlerPool::HandlerPool(const char* name, std::size_t threads, std::size_t queue_max)
    : state_(std::make_unique<State>()) {
    state_->name = name;
    state_->queue_max = queue_max;
    for (std::size_t i = 0; i < threads; ++i)
        state_->threads.emplace_back([state = state_.get()] { state->work(); });
}

HandlerPool::~HandlerPool() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->stopping = true;
    }
    state_->wake.notify_all();
    state_->threads.clear();
}

bool HandlerPool::try_submit(std::move_only_function<void()> work) {
    {
        const std::scoped_lock lock(state_->mutex);
        if (state_->stopping || state_->queue.size() >= state_->queue_max) return false;
        state_->queue.push_back(std::move(work));
    }
    state_->wake.notify_one();
    return true;
}

std::size_t HandlerPool::queued() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->queue.size();
}

}  // namespace csva::http
