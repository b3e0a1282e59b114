#include "engine/recipe/keys.hpp"
#include "engine/recipe/row_steps.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/keyed_hash.hpp"

#include <mutex>

namespace csva::recipe {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNameBytes = 6;

std::mutex guard;

KeySource& source() {
    static KeySource known;
    return known;
}

/// Which key, not the key.
struct PseudonymConstants {
    std::string key;
};
CSVA_DESCRIBE(PseudonymConstants, key)

class Pseudonymise : public RowStep {
public:
    Pseudonymise(const Step& step, table::Schema schema, PseudonymConstants constants, Key key)
        : columns_(chosen_columns(step, *find_step(step.step), schema)),
          schema_(std::move(schema)),
          constants_(std::move(constants)) {
        if (!key.secret.empty()) hash_.emplace(key.secret);
    }
    const table::Schema& output_schema() const override { return schema_; }
    std::string constants() const override { return base::to_json(constants_); }
    std::int64_t apply(table::Batch& batch) const override {
        std::int64_t changed = 0;
        for (const std::size_t i : columns_) {
            auto& data = batch.columns[i];
            for (std::size_t row = 0; row < data.size(); ++row) {
                if (data.missing(row)) continue;
                ++changed;
                if (hash_)
                    data.texts[row] = batch.arena.store(hash_->hex(data.texts[row]));
                else
                    data.set_missing(row);
            }
        }
        return changed;
    }

private:
    std::vector<std::size_t> columns_;
    table::Schema schema_;
    PseudonymConstants constants_;
    std::optional<base::KeyedHash> hash_;
};

}  // namespace

void set_key_source(KeySource found) {
    const std::scoped_lock lock(guard);
    source() = std::move(found);
}

std::optional<Key> find_key(std::string_view name) {
    KeySource known;
    {
        const std::scoped_lock lock(guard);
        known = source();
    }
    return known ? known(name) : std::nullopt;
}

Key new_key() { return {base::random_hex(kNameBytes), base::random_hex(kKeyBytes)}; }

base::Result<std::unique_ptr<RowStep>> fit_pseudonymise(
    const Step& step, const table::Schema& schema
) {
    auto key = find_key("");
    if (!key) return std::unexpected(base::internal_error("no key for pseudonyms"));
    const std::string name = key->name;
    return std::make_unique<Pseudonymise>(step, schema, PseudonymConstants{name}, std::move(*key));
}

base::Result<std::unique_ptr<RowStep>> load_pseudonymise(
    const Step& step, const table::Schema& schema, const std::string& constants
) {
    TRY(auto known, base::from_json<PseudonymConstants>(constants));
    auto key = known.key.empty() ? std::nullopt : find_key(known.key);
    return std::make_unique<Pseudonymise>(
        step, schema, std::move(known), key ? std::move(*key) : Key{}
    );
}

}  // namespace csva::recipe
