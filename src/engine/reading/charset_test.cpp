#include "engine/reading/charset.hpp"

#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include <ostream>

namespace csva::reading {
namespace {

struct Written {
    const char* charset;
    std::u16string_view text;
};

void PrintTo(const Written& w, std::ostream* out) { *out << w.charset; }

class Charset : public testing::TestWithParam<Written> {};

TEST_P(Charset, is_found) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter* converter = ucnv_open(GetParam().charset, &status);
    std::string bytes(GetParam().text.size() * 4, ' ');
    const auto size = ucnv_fromUChars(
        converter,
        bytes.data(),
        static_cast<std::int32_t>(bytes.size()),
        GetParam().text.data(),
        static_cast<std::int32_t>(GetParam().text.size()),
        &status
    );
    ucnv_close(converter);
    ASSERT_TRUE(U_SUCCESS(status));
    EXPECT_EQ(charset_of(bytes.substr(0, static_cast<std::size_t>(size))), GetParam().charset);
}

INSTANTIATE_TEST_SUITE_P(
    charset,
    Charset,
    testing::Values(
        Written{"windows-1252", u"Zoé;café crème;à Orléans;12 €\nHervé;l\u2019été;déjà vu;3 €\n"},
        Written{"windows-1252", u"Müller,Straße 5,Köln\nGrößer,Ärger,Übung\n"},
        Written{"windows-1252", u"HR \u2013 pay,\u00a3 12\n\u201cquoted\u201d,\u00a3 3\n"},
        Written{"windows-1252", u"1002;MORENO N° 556\n1010;ESPAÑA 229 - PLANTA ALTA\n"},
        Written{"macintosh", u"Zoé;café crème;à Orléans\nHervé;l\u2019été;déjà vu\n"},
        Written{"ibm-850", u"Zoé;café crème;à Orléans\nHervé;été;déjà vu\n"},
        Written{"windows-1251", u"участок;улица;Торопова Марина\nИтого;Собственная;дом\n"},
        Written{"KOI8-R", u"участок;улица;Торопова Марина\nИтого;Собственная;дом\n"},
        Written{"ibm-866", u"участок;улица;Торопова Марина\nИтого;Собственная;дом\n"},
        Written{"windows-1250", u"Łódź;Żółć;mąka\nPoznań;Kraków;książka i łąka\n"},
        Written{"Shift_JIS", u"1,本日はいい天気\n2,アイウエオ\n3,テスト\n"},
        Written{"EUC-JP", u"1,本日はいい天気\n2,アイウエオ\n3,テスト\n"},
        Written{"GB18030", u"少年 4356 n\n神奇 1381 a\n社区 10 ns\n实权 81 n\n水汽 10 n\n"},
        Written{"EUC-KR", u"서울,대한민국\n부산,사람과 나라\n"},
        Written{"Big5", u"台灣,這是一個測試\n臺北,我們的國家與學校\n"}
    )
);

}  // namespace
}  // namespace csva::reading
