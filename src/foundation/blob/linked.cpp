#include "foundation/base/files.hpp"
#include "foundation/blob/blob.hpp"

#include <algorithm>

namespace csva::blob {
namespace {

namespace fs = std::filesystem;
using base::Result;

class Linked : public BlobStore {
public:
    Linked(BlobStore& blobs, fs::path folder) : blobs_(blobs), folder_(std::move(folder)) {}

    Result<std::string> put_file(std::int64_t project_id, const fs::path& staged) override {
        return blobs_.put_file(project_id, staged);
    }
    Result<std::string> put_folder(std::int64_t project_id, const fs::path& staged) override {
        return blobs_.put_folder(project_id, staged);
    }
    Result<void> put_as(std::string_view key, const fs::path& staged) override {
        return blobs_.put_as(key, staged);
    }
    Result<fs::path> local_path(std::string_view key) override {
        std::string name(key);
        std::ranges::replace(name, '/', '-');
        const fs::path link = folder_ / name;
        std::error_code code;
        if (fs::exists(link, code)) return link;
        TRY(const auto path, blobs_.local_path(key));
        fs::create_directories(folder_, code);
        // Where links are not to be had, a copy does as well.
        fs::copy(
            path, link, fs::copy_options::recursive | fs::copy_options::create_hard_links, code
        );
        if (!code) return link;
        fs::remove_all(link, code);
        fs::copy(path, link, fs::copy_options::recursive, code);
        if (code) return std::unexpected(base::unwritable(link));
        return link;
    }
    Result<std::set<std::string>> keys() override { return blobs_.keys(); }
    Result<std::set<std::string>> keys_of_all_versions() override {
        return blobs_.keys_of_all_versions();
    }
    Result<void> remove(std::string_view key) override { return blobs_.remove(key); }
    Result<std::uint64_t> size(std::string_view key) override { return blobs_.size(key); }
    Result<std::int64_t> sweep(const std::set<std::string>& referenced, std::int64_t grace_ms)
        override {
        return blobs_.sweep(referenced, grace_ms);
    }
    fs::path staging() const override { return blobs_.staging(); }
    Result<std::uint64_t> free_bytes() const override { return blobs_.free_bytes(); }
    fs::path local_folder() const override { return folder_; }
    Notes* notes() override { return blobs_.notes(); }

private:
    BlobStore& blobs_;
    fs::path folder_;
};

}  // namespace

std::unique_ptr<BlobStore> linked_blobs(BlobStore& blobs, const fs::path& folder) {
    return std::make_unique<Linked>(blobs, folder);
}

}  // namespace csva::blob
