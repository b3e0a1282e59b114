#pragma once

#include "foundation/base/control.hpp"

#include <mutex>

namespace csva::app {

/// Progress on standard error when that is a terminal, nothing otherwise. The line is wiped at the
/// end.
class ProgressBar : public base::Control {
public:
    ProgressBar();
    ~ProgressBar() override;
    void progress(double ratio, std::string_view stage) override;

private:
    std::mutex mutex_;
    bool terminal_;
    int shown_pct_ = -1;
};

}  // namespace csva::app
