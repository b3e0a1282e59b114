#include "engine/learn/lightgbm.hpp"

#include "engine/learn/train.hpp"
#include "engine/stats/random.hpp"

#include <LightGBM/c_api.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <thread>

namespace csva::learn {
namespace {

// The functions we call, by LightGBM's own declarations.
// clang-format off
#define CSVA_GBM_FUNCTIONS(X) \
    X(DatasetCreateFromSampledColumn) \
    X(DatasetCreateByReference) \
    X(DatasetPushRows) \
    X(DatasetSetField) \
    X(DatasetFree) \
    X(BoosterCreate) \
    X(BoosterFree) \
    X(BoosterAddValidData) \
    X(BoosterUpdateOneIter) \
    X(BoosterGetEval) \
    X(BoosterGetNumPredict) \
    X(BoosterGetPredict) \
    X(BoosterSaveModelToString) \
    X(BoosterLoadModelFromString) \
    X(BoosterFeatureImportance) \
    X(BoosterPredictForMatSingleRowFastInit) \
    X(BoosterPredictForMatSingleRowFast) \
    X(FastConfigFree) \
    X(RegisterLogCallback)
// clang-format on

struct Functions {
#define X(name) decltype(&::LGBM_##name) name = nullptr;
    CSVA_GBM_FUNCTIONS(X)
#undef X
    decltype(&::LGBM_GetLastError) GetLastError = nullptr;
    bool ready = false;
};

constexpr const char* kSpinCount = "GOMP_SPINCOUNT";

/// Threads of all programs that run at this moment, as the kernel counts them; 0: unknown.
int running_now() {
    std::ifstream file("/proc/stat");
    std::string word;
    int count = 0;
    while (file >> word)
        if (word == "procs_running") {
            file >> count;
            break;
        }
    return count;
}

const Functions& functions() {
    static const Functions table = [] {
        Functions f;
        std::error_code ignored;
        const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
        const auto library = program.parent_path().parent_path() / "lib" / "lib_lightgbm.so";
        // OpenMP's threads must not burn the other processes' time while they wait; read when the
        // library is opened.
        ::setenv(kSpinCount, "1000", 0);
        void* handle = dlopen(library.c_str(), RTLD_LAZY | RTLD_LOCAL);
        if (handle == nullptr) return f;
#define X(name) f.name = reinterpret_cast<decltype(f.name)>(dlsym(handle, "LGBM_" #name));
        CSVA_GBM_FUNCTIONS(X)
#undef X
        f.GetLastError =
            reinterpret_cast<decltype(f.GetLastError)>(dlsym(handle, "LGBM_GetLastError"));
        f.ready = f.BoosterPredictForMatSingleRowFast != nullptr;
        if (f.ready) f.RegisterLogCallback([](const char*) {});
        return f;
    }();
    return table;
}

base::Result<void> check(int code) {
    if (code == 0) return {};
    return std::unexpected(
        base::internal_error(std::string("LightGBM: ") + functions().GetLastError())
    );
}

constexpr std::size_t kSampleRows = 100'000;
constexpr std::size_t kPushRows = 8192;

base::Result<DatasetHandle> make_schema(
    const Matrix& matrix, std::span<const std::uint32_t> rows, const std::string& parameters
) {
    // Every step-th row: the sample depends on the rows alone, so that a rerun has the same bins.
    const std::size_t step =
        std::max<std::size_t>(1, (rows.size() + kSampleRows - 1) / kSampleRows);
    const std::size_t sampled = (rows.size() + step - 1) / step;
    std::vector<std::vector<double>> values(matrix.columns.size());
    std::vector<std::vector<int>> indices(matrix.columns.size());
    std::vector<double*> value_pointers;
    std::vector<int*> index_pointers;
    std::vector<int> counts;
    for (std::size_t c = 0; c < matrix.columns.size(); ++c) {
        for (std::size_t i = 0; i < sampled; ++i) {
            const double value = static_cast<double>(matrix.columns[c][rows[i * step]]);
            if (std::abs(value) <= 1e-35) continue;  // LightGBM counts what is not listed as zero.
            values[c].push_back(value);
            indices[c].push_back(static_cast<int>(i));
        }
        value_pointers.push_back(values[c].data());
        index_pointers.push_back(indices[c].data());
        counts.push_back(static_cast<int>(values[c].size()));
    }
    DatasetHandle handle = nullptr;
    CHECK_OK(check(functions().DatasetCreateFromSampledColumn(
        value_pointers.data(),
        index_pointers.data(),
        static_cast<int>(matrix.columns.size()),
        counts.data(),
        static_cast<int>(sampled),
        static_cast<int>(rows.size()),
        static_cast<std::int64_t>(rows.size()),
        parameters.c_str(),
        &handle
    )));
    return handle;
}

base::Result<void> push(
    DatasetHandle handle, const Matrix& matrix, std::span<const std::uint32_t> rows
) {
    const std::size_t width = matrix.columns.size();
    std::vector<float> block(kPushRows * width);
    for (std::size_t start = 0; start < rows.size(); start += kPushRows) {
        const std::size_t count = std::min(kPushRows, rows.size() - start);
        for (std::size_t c = 0; c < width; ++c)
            for (std::size_t i = 0; i < count; ++i)
                block[i * width + c] = matrix.columns[c][rows[start + i]];
        CHECK_OK(check(functions().DatasetPushRows(
            handle,
            block.data(),
            C_API_DTYPE_FLOAT32,
            static_cast<int>(count),
            static_cast<int>(width),
            static_cast<int>(start)
        )));
    }
    return {};
}

}  // namespace

void Matrix::count_distinct(std::span<const std::uint32_t> among) {
    constexpr std::size_t kSample = 4000;
    const std::size_t step = among.size() / kSample + 1;
    distinct.clear();
    for (const auto& column : columns) {
        std::vector<float> seen;
        for (std::size_t i = 0; i < among.size(); i += step)
            if (!std::isnan(column[among[i]])) seen.push_back(column[among[i]]);
        std::ranges::sort(seen);
        const auto gone = std::ranges::unique(seen);
        distinct.push_back(std::max<std::size_t>(2, seen.size() - gone.size()));
    }
}

base::Result<void> open_lightgbm() {
    if (functions().ready) return {};
    return base::fail(base::ErrorKind::unavailable, "learn.library_missing");
}

base::Result<GbmDataset> GbmDataset::make(
    const Matrix& matrix,
    std::span<const std::uint32_t> rows,
    std::span<const float> labels,
    const std::string& parameters,
    const GbmDataset* reference
) {
    CHECK_OK(open_lightgbm());
    DatasetHandle handle = nullptr;
    if (reference != nullptr) {
        CHECK_OK(check(functions().DatasetCreateByReference(
            reference->handle.get(), static_cast<std::int64_t>(rows.size()), &handle
        )));
    } else {
        TRY(handle, make_schema(matrix, rows, parameters));
    }
    GbmDataset data;
    data.handle = std::shared_ptr<void>(handle, [](void* h) { functions().DatasetFree(h); });
    CHECK_OK(push(handle, matrix, rows));
    CHECK_OK(data.set_labels(rows, labels));
    return data;
}

base::Result<void> GbmDataset::set_labels(
    std::span<const std::uint32_t> rows, std::span<const float> labels
) {
    std::vector<float> own(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) own[i] = labels[rows[i]];
    return check(functions().DatasetSetField(
        handle.get(), "label", own.data(), static_cast<int>(own.size()), C_API_DTYPE_FLOAT32
    ));
}

base::Result<Gbm> Gbm::create(const GbmDataset& data, const std::string& parameters) {
    BoosterHandle handle = nullptr;
    CHECK_OK(check(functions().BoosterCreate(data.handle.get(), parameters.c_str(), &handle)));
    Gbm booster;  // The deleter keeps the rows alive: the booster points into them.
    booster.handle = std::shared_ptr<void>(handle, [keep = data.handle](void* h) {
        functions().BoosterFree(h);
    });
    return booster;
}

base::Result<Gbm> Gbm::load(const std::string& text) {
    CHECK_OK(open_lightgbm());
    BoosterHandle handle = nullptr;
    int rounds = 0;
    CHECK_OK(check(functions().BoosterLoadModelFromString(text.c_str(), &rounds, &handle)));
    Gbm booster;
    booster.handle = std::shared_ptr<void>(handle, [](void* h) { functions().BoosterFree(h); });
    return booster;
}

base::Result<void> Gbm::add_valid(const GbmDataset& data) {
    return check(functions().BoosterAddValidData(handle.get(), data.handle.get()));
}

base::Result<bool> Gbm::update() {
    int finished = 0;
    CHECK_OK(check(functions().BoosterUpdateOneIter(handle.get(), &finished)));
    return finished != 0;
}

base::Result<double> Gbm::eval() const {
    double values[8] = {};
    int count = 0;
    CHECK_OK(check(functions().BoosterGetEval(handle.get(), 1, &count, values)));
    return values[0];
}

base::Result<void> Gbm::valid_answers(std::size_t outputs, std::vector<double>& out) const {
    std::int64_t size = 0;
    CHECK_OK(check(functions().BoosterGetNumPredict(handle.get(), 1, &size)));
    std::vector<double> by_output(static_cast<std::size_t>(size));
    CHECK_OK(check(functions().BoosterGetPredict(handle.get(), 1, &size, by_output.data())));
    // LightGBM writes output by output.
    const std::size_t rows = by_output.size() / outputs;
    out.resize(by_output.size());
    for (std::size_t k = 0; k < outputs; ++k)
        for (std::size_t i = 0; i < rows; ++i) out[i * outputs + k] = by_output[k * rows + i];
    return {};
}

base::Result<std::string> Gbm::text(int rounds) const {
    std::int64_t size = 0;
    CHECK_OK(
        check(functions().BoosterSaveModelToString(handle.get(), 0, rounds, 1, 0, &size, nullptr))
    );
    std::string out(static_cast<std::size_t>(size), '\0');
    CHECK_OK(check(
        functions().BoosterSaveModelToString(handle.get(), 0, rounds, 1, size, &size, out.data())
    ));
    out.resize(static_cast<std::size_t>(size) - 1);
    return out;
}

base::Result<std::vector<double>> Gbm::importance(int rounds, std::size_t features) const {
    std::vector<double> gain(features);
    CHECK_OK(check(functions().BoosterFeatureImportance(handle.get(), rounds, 1, gain.data())));
    return gain;
}

base::Result<GbmFast> GbmFast::make(const Gbm& booster, std::size_t features) {
    FastConfigHandle handle = nullptr;
    CHECK_OK(check(functions().BoosterPredictForMatSingleRowFastInit(
        booster.handle.get(),
        C_API_PREDICT_NORMAL,
        0,
        -1,
        C_API_DTYPE_FLOAT32,
        static_cast<int>(features),
        "num_threads=1 verbosity=-1",
        &handle
    )));
    GbmFast fast;
    fast.booster_ = booster;
    fast.handle_ = std::shared_ptr<void>(handle, [](void* h) { functions().FastConfigFree(h); });
    return fast;
}

void GbmFast::predict(const float* row, double* out) const {
    std::int64_t count = 0;
    functions().BoosterPredictForMatSingleRowFast(handle_.get(), row, &count, out);
}

void wait_awake_if_alone() {
    constexpr int kLooks = 5;
    constexpr auto kBetween = std::chrono::milliseconds(2);
    int most = 0;
    for (int look = 0; look < kLooks; ++look) {
        most = std::max(most, running_now());
        std::this_thread::sleep_for(kBetween);
    }
    if (most == 1) ::setenv(kSpinCount, "10000", 0);
}

}  // namespace csva::learn
