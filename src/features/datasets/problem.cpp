#include "features/datasets/problem.hpp"

#include <cmath>
#include <map>
#include <type_traits>

namespace csva::datasets {
namespace {

using Cells = std::map<std::string, base::Cell>;
using base::Cell;

Cell cell_of(const base::ErrorDetail& detail) {
    return std::visit(
        [](const auto& value) -> Cell {
            using T = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<T, std::string>)
                return {Cell::Kind::text, value, 0};
            else
                return {Cell::Kind::number, {}, static_cast<double>(value)};
        },
        detail.value
    );
}

base::ErrorDetail detail_of(const std::string& name, const Cell& cell) {
    if (cell.kind != Cell::Kind::number) return {name, cell.text};
    if (cell.number == std::floor(cell.number) && std::abs(cell.number) < 9e15)
        return {name, static_cast<std::int64_t>(cell.number)};
    return {name, cell.number};
}

}  // namespace

std::string details_json(const base::Error& error) {
    Cells cells;
    for (const auto& detail : error.details) cells.emplace(detail.name, cell_of(detail));
    return base::to_json(cells);
}

Problem problem_from(std::string_view reason, std::string_view details, i18n::Language language) {
    // The kind does not matter: sentences are found by the reason.
    base::Error error(base::ErrorKind::invalid_argument, reason);
    if (const auto cells = base::from_json<Cells>(details)) {
        for (const auto& [name, cell] : *cells) error.details.push_back(detail_of(name, cell));
    }
    auto sentence = i18n::sentence(error, language);
    return {
        .reason = std::string(reason),
        .message = std::move(sentence.message),
        .hint = std::move(sentence.hint),
        .details = {details_json(error)}
    };
}

}  // namespace csva::datasets
