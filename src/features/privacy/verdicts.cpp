#include "features/privacy/service.hpp"

namespace csva::privacy {
namespace {

/// Nobody stands out of fewer than this many rows alike (EMA's and CNIL's usual threshold of 0.09).
constexpr std::int64_t kEnoughAlike = 11;
/// Share of rows that may be matched rightly before a match is worth a try.
constexpr double kFewMatches = 0.2;
/// How much better than anybody's guess may be called no gain.
constexpr double kNoGain = 0.05;
constexpr double kSomeGain = 0.2;

}  // namespace

Verdicts verdicts_of(const recipe::AnonymityFigures& figures, double guess_of_all) {
    Verdicts out;
    out.single_out = figures.k <= 1             ? Answered::yes
                     : figures.k < kEnoughAlike ? Answered::hardly
                                                : Answered::no;
    out.link = figures.k <= 1 || figures.match_ratio > kFewMatches ? Answered::yes
               : figures.k < kEnoughAlike                          ? Answered::hardly
                                                                   : Answered::no;
    if (figures.l == 0) return out;
    const double gain = figures.guess_ratio - guess_of_all;
    out.infer = figures.l <= 1 || gain > kSomeGain ? Answered::yes
                : gain > kNoGain                   ? Answered::hardly
                                                   : Answered::no;
    return out;
}

}  // namespace csva::privacy
