#pragma once

#include "engine/learn/preparation.hpp"
#include "engine/learn/types.hpp"
#include "foundation/i18n/catalogue.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace csva::exchange {

/// A line of a model card: something the training knows, or something that only whoever puts the
/// model to use can say.
enum class CardLineKind : std::uint8_t { fact, gap };
CSVA_DESCRIBE_ENUM(CardLineKind, fact, gap)

struct CardLine {
    CardLineKind kind = CardLineKind::fact;
    std::string text;
};
CSVA_DESCRIBE(CardLine, kind, text)
CSVA_NOTES(CardLine, {.field = "kind", .text = "gap: somebody has to fill it in."})

struct CardSection {
    std::string title;
    std::vector<CardLine> lines;
};
CSVA_DESCRIBE(CardSection, title, lines)

struct ModelCard {
    std::string title;
    std::string lead;
    std::vector<CardSection> sections;
};
CSVA_DESCRIBE(ModelCard, title, lead, sections)
CSVA_NOTES(
    ModelCard,
    {.field = "sections",
     .text = "The nine headings of Annex IV of Regulation (EU) 2024/1689, in their order."}
)

/// What the card is made from. Holds no row.
struct CardFacts {
    const learn::Report& report;
    const learn::Preparation& preparation;
    std::size_t recipe_steps = 0;
    std::string program_version;
};

/// The technical documentation that the AI Act asks for, as far as a training knows it; what it
/// does not know is named as a gap, never left out.
/// Source: Regulation (EU) 2024/1689 of 13 June 2024, Annex IV, points 1 to 9.
ModelCard model_card(const CardFacts& facts, i18n::Language language);

/// The same as a page of Markdown.
std::string markdown(const ModelCard& card, i18n::Language language);

}  // namespace csva::exchange
