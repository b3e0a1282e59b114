#pragma once

#include "foundation/base/crypto.hpp"
#include "foundation/http/message.hpp"
#include "foundation/http/multipart.hpp"
#include "foundation/http/settings.hpp"
#include "foundation/http/upload_file.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace csva::http {

/// Takes the parts of a multipart body: fields into `context.form`, files into the staging folder
/// while their hash runs, with every limit applied as the bytes come. Errors: http.too_large,
/// http.too_many_parts, http.fields_too_large, http.disk_low, base.file_unwritable, and those of
/// `before_file`.
class Staging : public PartSink {
public:
    /// `file_bytes`: largest file. `before_file` is asked once, before the first byte of a file is
    /// kept.
    Staging(
        Context& context,
        const Limits& limits,
        std::uint64_t file_bytes,
        HandlerPool& disk,
        std::filesystem::path folder,
        std::function<base::Result<void>()> before_file
    );
    ~Staging() override = default;
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    base::Result<void> begin(const PartHead& head) override;
    base::Result<void> data(std::string_view bytes) override;
    base::Result<void> end() override;

private:
    base::Result<void> open_file(const PartHead& head);
    base::Result<void> write(std::string_view bytes);
    base::Result<void> check_disk();

    Context& context_;
    const Limits& limits_;
    std::uint64_t file_bytes_;
    std::filesystem::path folder_;
    std::function<base::Result<void>()> before_file_;
    std::optional<base::Sha256> hash_;
    UploadFile file_;
    std::size_t parts_ = 0;
    std::uint64_t field_bytes_ = 0;
    std::uint64_t since_disk_check_ = 0;
};

}  // namespace csva::http
