#include "foundation/http/staging.hpp"

#include "foundation/base/files.hpp"
#include "foundation/http/text.hpp"

namespace csva::http {
namespace {

using base::ErrorKind;
constexpr std::uint64_t kDiskCheckEvery = 64ULL << 20U;
constexpr std::size_t kFirstBytes = 4096;

}  // namespace

Staging::Staging(
    Context& context,
    const Limits& limits,
    std::uint64_t file_bytes,
    HandlerPool& disk,
    std::filesystem::path folder,
    std::function<base::Result<void>()> before_file
)
    : context_(context),
      limits_(limits),
      file_bytes_(file_bytes),
      folder_(std::move(folder)),
      before_file_(std::move(before_file)),
      file_(disk) {}

base::Result<void> Staging::begin(const PartHead& head) {
    if (++parts_ > limits_.parts_max)
        return base::fail(
            ErrorKind::too_large,
            "http.too_many_parts",
            {{"limit", static_cast<std::int64_t>(limits_.parts_max)}}
        );
    if (head.filename) return open_file(head);
    context_.form.emplace_back(head.name, "");
    return {};
}

base::Result<void> Staging::open_file(const PartHead& head) {
    if (before_file_) {
        CHECK_OK(before_file_());
        before_file_ = nullptr;
    }
    CHECK_OK(check_disk());
    StagedFile file;
    file.field = head.name;
    file.filename = *head.filename;
    file.content_type = head.content_type;
    const auto path = folder_ / ("upload-" + base::random_hex(12) + ".part");
    CHECK_OK(file_.open(path));
    file.path = path;
    context_.files.push_back(std::move(file));
    hash_.emplace();
    return {};
}

base::Result<void> Staging::check_disk() {
    since_disk_check_ = 0;
    TRY(const std::uint64_t free, base::free_bytes(folder_));
    if (free < limits_.disk_reserve_bytes)
        return base::fail(ErrorKind::unavailable, "http.disk_low");
    return {};
}

base::Result<void> Staging::data(std::string_view bytes) {
    if (file_.is_open()) return write(bytes);
    field_bytes_ += bytes.size();
    if (field_bytes_ > limits_.body_bytes)
        return base::fail(
            ErrorKind::too_large,
            "http.body_too_large",
            {{"limit_bytes", static_cast<std::int64_t>(limits_.body_bytes)}}
        );
    context_.form.back().second += bytes;
    return {};
}

base::Result<void> Staging::write(std::string_view bytes) {
    auto& file = context_.files.back();
    file.size += bytes.size();
    if (file.size > file_bytes_)
        return base::fail(
            ErrorKind::too_large,
            "http.file_too_large",
            {{"limit_bytes", static_cast<std::int64_t>(file_bytes_)}}
        );
    if (file.first_bytes.size() < kFirstBytes)
        file.first_bytes += bytes.substr(0, kFirstBytes - file.first_bytes.size());
    hash_->update(bytes);
    since_disk_check_ += bytes.size();
    if (since_disk_check_ > kDiskCheckEvery) CHECK_OK(check_disk());
    return file_.write(bytes);
}

base::Result<void> Staging::end() {
    if (!file_.is_open()) {
        if (!is_utf8(context_.form.back().second))
            return base::fail(ErrorKind::invalid_argument, "http.bad_encoding");
        return {};
    }
    CHECK_OK(file_.close());
    context_.files.back().sha256 = hash_->finish_hex();
    hash_.reset();
    return {};
}

}  // namespace csva::http
