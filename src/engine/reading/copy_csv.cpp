#include "engine/reading/copy_csv.hpp"

#include "engine/reading/opening.hpp"
#include "foundation/base/files.hpp"

#include <fstream>

namespace csva::reading {
namespace {

constexpr std::size_t kForgetEvery = 8U << 20U;

/// What was read is given back and the cancel flag is looked at, now and then.
base::Result<void> pause(
    const Plan& plan, std::size_t& from, std::size_t at, base::Control& control
) {
    if (at - from < kForgetEvery) return {};
    if (control.cancelled()) return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
    plan.file->forget(from, at);
    from = at;
    return {};
}

}  // namespace

base::Result<void> copy_records(
    const ReadRequest& request,
    const std::string& to,
    const std::function<bool(const SourceRecord&)>& keep,
    base::Control& control
) {
    TRY(const auto folder, base::TemporaryFolder::make(request.temporary_folder));
    TRY(const Source source, as_utf8(request, folder.path().string()));
    std::vector<Evidence> unused;
    TRY(const Plan plan, plan_of(source, request.all_text, unused));
    const std::string_view text = plan.file->text();
    std::ofstream made;
    if (!to.empty()) made.open(to, std::ios::binary);
    const auto pass_on = [&](const SourceRecord& record) {
        if (keep(record) && !to.empty()) made << record.bytes;
    };
    if (plan.body_start > 0)
        pass_on({.head = true, .kind = {}, .cells = {}, .bytes = text.substr(0, plan.body_start)});
    TableRows rows(plan);
    std::size_t at = plan.body_start;
    std::size_t forgotten = 0;
    while (rows.next()) {
        const std::size_t end = rows.position();
        pass_on(
            {.head = false,
             .kind = rows.kind(),
             .cells = rows.record().cells,
             .bytes = text.substr(at, end - at)}
        );
        at = end;
        CHECK_OK(pause(plan, forgotten, at, control));
    }
    if (to.empty()) return {};
    made.close();
    if (!made) return std::unexpected(base::unwritable(to));
    return {};
}

}  // namespace csva::reading
