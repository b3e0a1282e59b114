#include "features/erasure/worker.hpp"

namespace csva::erasure {

base::Result<OpenedLedger::Parts> OpenedLedger::open() {
    std::call_once(opened_, [this] {
        keys_ = journal::load_keys(settings_);
        if (*keys_) ledger_.emplace(ledger_path(settings_), (*keys_)->signing, blobs_.notes());
    });
    if (!*keys_) return std::unexpected(keys_->error());
    return Parts{*ledger_, **keys_};
}

}  // namespace csva::erasure
