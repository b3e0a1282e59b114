#include "foundation/blob/blob.hpp"

namespace csva::blob {

std::vector<base::SettingRow> setting_rows() {
    using base::SettingType;
    return {
        {"storage.s3_endpoint",
         SettingType::text,
         "",
         "",
         "https://HOST:PORT of the S3-compatible store that keeps the files; empty: the data "
         "folder does."},
        {"storage.s3_bucket", SettingType::text, "csva", "", "Bucket in that store."},
        {"storage.s3_region", SettingType::text, "us-east-1", "", "Region that requests name."},
        {"storage.s3_prefix",
         SettingType::text,
         "",
         "",
         "What all names in the bucket begin with, for a bucket that is shared."},
        {"storage.s3_access_key", SettingType::secret, "", "", "Access key of the store."},
        {"storage.s3_secret_key", SettingType::secret, "", "", "Secret key of the store."},
        {"storage.s3_ca_file",
         SettingType::text,
         "",
         "",
         "Certificates to trust for the store in place of the system's."},
        {"storage.s3_retry_ms",
         SettingType::integer,
         "10000",
         "ms",
         "How long a call to the store is repeated while it is away or answers 5xx."},
        {"storage.cache_bytes",
         SettingType::integer,
         "10737418240",
         "bytes",
         "Local copies of stored files that one data folder keeps to read."},
    };
}

base::Result<std::unique_ptr<BlobStore>> open(const base::Settings& settings) {
    const std::string folder = settings.text("data.dir");
    if (settings.text("storage.s3_endpoint").empty()) return open_folder(folder);
    std::string prefix = settings.text("storage.s3_prefix");
    if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
    return open_s3(
        folder,
        {.endpoint = settings.text("storage.s3_endpoint"),
         .bucket = settings.text("storage.s3_bucket"),
         .region = settings.text("storage.s3_region"),
         .prefix = std::move(prefix),
         .access_key = settings.secret("storage.s3_access_key"),
         .secret_key = settings.secret("storage.s3_secret_key"),
         .ca_file = settings.text("storage.s3_ca_file"),
         .retry_ms = settings.integer("storage.s3_retry_ms"),
         .cache_bytes = static_cast<std::uint64_t>(settings.integer("storage.cache_bytes"))}
    );
}

}  // namespace csva::blob
