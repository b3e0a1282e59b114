#include "app/sample.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/jobs/schedules.hpp"

namespace csva::embedded {
std::span<const base::EmbeddedFile> sample();
}

namespace csva::app {

base::Result<void> load_sample(Composition& parts) {
    if (!parts.settings().boolean("data.sample")) return {};
    TRY(const bool fresh, parts.accounts().setup_needed());
    TRY(const auto count, parts.database().read(datasets::count));
    if (!fresh || count != 0) return {};
    TRY(const bool first, parts.database().transaction([](store::Session& session) {
        return jobs::first_ever(session, "sample.load");
    }));
    if (!first) return {};
    const auto& file = embedded::sample().front();
    const auto path = parts.blobs().staging() / ("sample-" + base::random_hex(8));
    CHECK_OK(base::write_file(path, file.content));
    http::StagedFile staged;
    staged.filename = file.name;
    staged.path = path;
    staged.size = file.content.size();
    staged.sha256 = base::sha256_hex(file.content);
    staged.first_bytes = file.content.substr(0, 4096);
    CHECK_OK(parts.datasets().upload({.via = http::Via::inbox}, {staged}));
    return {};
}

}  // namespace csva::app
