"""What a value must look like to be a country: ISO 3166 codes of two letters, and names of the usual ones."""

from __future__ import annotations

_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
    CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
    KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
    SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
    UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW UK
"""
_NAMES = """
    australia, austria, bahrain, belgium, brazil, bulgaria, canada, channel islands, china, croatia, cyprus,
    czech republic, czechia, denmark, eire, estonia, finland, france, germany, greece, hong kong, hungary, iceland,
    india, ireland, israel, italy, japan, latvia, lebanon, lithuania, luxembourg, malta, mexico, netherlands,
    new zealand, norway, poland, portugal, romania, rsa, saudi arabia, serbia, singapore, slovakia, slovenia,
    south africa, south korea, spain, sweden, switzerland, turkey, ukraine, united arab emirates, united kingdom,
    united states, united states of america, usa, great britain, england, scotland, wales, european community,
    deutschland, österreich, schweiz, frankreich, italien, spanien, niederlande, belgien, polen, dänemark, schweden,
    norwegen, finnland, tschechien, ungarn, griechenland, großbritannien, vereinigtes königreich, luxemburg,
    allemagne, autriche, suisse, belgique, espagne, italie, pays-bas, royaume-uni, états-unis, pologne, suède,
    alemania, francia, españa, italia, países bajos, bélgica, reino unido, estados unidos, suiza, méxico,
    duitsland, nederland, belgië, frankrijk, oostenrijk, zwitserland, spanje, italië, verenigd koninkrijk
"""
CODES = frozenset(_CODES.split())
NAMES = frozenset(name.strip() for name in _NAMES.split(","))
