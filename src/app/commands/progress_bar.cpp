#include "app/commands/progress_bar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <unistd.h>

namespace csva::app {

ProgressBar::ProgressBar() : terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    if (shown_pct_ >= 0) std::cerr << "\r\033[K" << std::flush;
}

void ProgressBar::progress(double ratio, std::string_view stage) {
    if (!terminal_) return;
    constexpr int kWidth = 30;
    const int pct = static_cast<int>(100 * std::clamp(ratio, 0.0, 1.0));
    const std::scoped_lock lock(mutex_);
    if (pct == shown_pct_) return;
    shown_pct_ = pct;
    const auto full = static_cast<std::size_t>(pct * kWidth / 100);
    std::cerr << fmt::format("\r{} [{:<{}}] {:3} %", stage, std::string(full, '='), kWidth, pct)
              << std::flush;
}

}  // namespace csva::app
