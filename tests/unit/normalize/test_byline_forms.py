"""Forms of bylines as newsrooms print them, all made up: whom each names, and as what."""

from __future__ import annotations

import pytest

from aggregator.normalize.bylines import split_byline

_FORMS = """
es | Texto: Ana Torres. Fotos: Pedro Luna | Ana Torres; Pedro Luna (photographer)
es | Ana Torres (texto) y Luis Soto (fotos) | Ana Torres; Luis Soto (photographer)
es | AFP y EFE | AFP; EFE
es | Con información de Reuters | Reuters (contributor)
es | Luis Pérez. Corresponsal en Washington | Luis Pérez (Corresponsal @ Washington)
es | Luis Pérez Enviado especial | Luis Pérez (Enviado especial)
es | Lic. Marcos Peña, economista | Marcos Peña (economista)
es | Gustavo Sierra @gsierra | Gustavo Sierra
es | Por Ana Ruiz Para El Diario | Ana Ruiz
es | Ana Ruiz, especial para El Diario | Ana Ruiz
es | Columna de Ana Ruiz | Ana Ruiz
es | Ana Ruiz - Columnista invitada | Ana Ruiz (Columnista invitada)
es | Ana Ruiz (Madrid) | Ana Ruiz (@ Madrid)
es | Desde Madrid, Ana Ruiz | Ana Ruiz (@ Madrid)
es | MADRID / ANA RUIZ | Ana Ruiz (@ Madrid)
es | EFE / Caracas | EFE (@ Caracas)
es | Fuente: EFE | EFE
es | Autora: Ana Ruiz | Ana Ruiz
es | Por Ana Ruiz* | Ana Ruiz
es | Por Ana Ruiz - 12 de mayo de 2026 | Ana Ruiz
es | ANA RUIZ Y LUIS SOTO | Ana Ruiz; Luis Soto
es | Ana Ruiz – Luis Soto | Ana Ruiz; Luis Soto
es | CNN en Español | CNN en Español
es | José Ortega y Gasset | José Ortega y Gasset
es | Rosa Lima | Rosa Lima
es | Hugo Prieto, Rosa Lima | Hugo Prieto; Rosa Lima
es | Varios autores |
es | Especial para El Faro, Ana Ruiz y Luis Paz | Ana Ruiz; Luis Paz
es | Redactora Ana Ruiz | Ana Ruiz (Redactora)
es | Periodista: Ana Ruiz | Ana Ruiz (Periodista)
es | Columnista de opinión Ana Ruiz | Ana Ruiz (Columnista de opinión)
es | Reportera Ana Ruiz | Ana Ruiz (Reportera)
en | Sports Reporter Bob Smith | Bob Smith (Sports Reporter)
en | Special to The Courier, Mary Jones | Mary Jones
pt | Ana Souza, do UOL, em São Paulo | Ana Souza (@ São Paulo); UOL (@ São Paulo)
pt | Reportagem: Ana Souza; Edição: Pedro Lima | Ana Souza; Pedro Lima (editor)
pt | Ana Souza com Lusa | Ana Souza; Lusa
pt | Agência Lusa | Agência Lusa
pt | Com agências | Agências
pt | Por Redação — Rio de Janeiro | Redação (@ Rio de Janeiro)
pt | Mariana Alves – Repórter da Agência Brasil | Mariana Alves (Repórter da Agência Brasil)
en | John Smith Staff Reporter | John Smith (Staff Reporter)
en | John Smith, Latin America correspondent | John Smith (Latin America correspondent)
en | John Smith, Guest Columnist | John Smith (Guest Columnist)
en | John Smith, Special to The Courier | John Smith
en | John Smith and Mary Jones, AP | John Smith; Mary Jones; AP
en | MARIAM HADDAD Associated Press | Mariam Haddad; Associated Press
en | Words by John Smith, photos by Mary Jones | John Smith; Mary Jones (photographer)
en | As told to John Smith | John Smith
en | O. J. Smith | O. J. Smith
en | Kim Jong-un | Kim Jong-un
en | Smith, J., de Leon, N., Hahn, F. | J. Smith; N. de Leon; F. Hahn
fr | Jean Dupont (avec AFP) | Jean Dupont; AFP
fr | Claire Fontaine et Luc Martin | Claire Fontaine; Luc Martin
fr | Jean Dupont, notre correspondant à Rome | Jean Dupont (notre correspondant @ Rome)
fr | Propos recueillis par Jean Dupont | Jean Dupont
es | AFP-EFE | AFP; EFE
es | Lima, 3 mar (EFE) | EFE
es | BOGOTÁ (Reuters) | Reuters
es | Hugo Prieto. Abogado | Hugo Prieto (Abogado)
es | Hugo Prieto. Lima | Hugo Prieto (@ Lima)
es | Ana Ruiz. Periodista de Investigación | Ana Ruiz (Periodista de Investigación)
es | Texto Ana Ruiz Fotos Luis Paz | Ana Ruiz; Luis Paz (photographer)
es | Por: Ana Ruiz I Foto: Luis Paz | Ana Ruiz; Luis Paz (photographer)
es | Ana Ruiz y Luis Paz, corresponsales | Ana Ruiz (corresponsales); Luis Paz (corresponsales)
es | Ana Ruiz, enviada especial a Quito | Ana Ruiz (enviada especial @ Quito)
es | Ana Ruiz (Corresponsal en Madrid) | Ana Ruiz (Corresponsal @ Madrid)
es | Por Luis Paz - Especial para El Faro | Luis Paz
es | Opinión de Ana Ruiz | Ana Ruiz
es | Columna de opinión: Ana Ruiz | Ana Ruiz
es | Tomado de La Jornada | La Jornada
es | Cortesía: Ana Ruiz |
es | Ana Ruiz Fotógrafa | Ana Ruiz (Fotógrafa)
es | Dra. Ana Ruiz, médico | Ana Ruiz (médico)
es | Ana Ruiz – Managua | Ana Ruiz (@ Managua)
es | Ana Ruiz, de EFE | Ana Ruiz; EFE
es | Nota de prensa |
pt | Ana Souza, de Brasília | Ana Souza (@ Brasília)
pt | Com informações da Agência Brasil | Agência Brasil (contributor)
pt | DE SÃO PAULO |
pt | Ana Souza - Correio da Serra | Ana Souza; Correio da Serra
pt | Ana Souza (Estagiária) | Ana Souza (Estagiária)
pt | Ana Souza, com agências | Ana Souza; Agências
en | Special to the Herald by Joe Cruz | Joe Cruz
en | Mary Poe and Bob Hill, staff reporters | Mary Poe (staff reporters); Bob Hill (staff reporters)
en | By MARY POE and JOHN DOE Associated Press | Mary Poe; John Doe; Associated Press
en | Mary Poe | Gleaner Writer | Mary Poe (Gleaner Writer)
en | Observer staff reporter | Observer staff reporter
en | By Our Correspondent | Our Correspondent
en | Editor-in-Chief Mary Poe | Mary Poe (Editor-in-Chief)
en | KINGSTON, Jamaica (AP) | AP
en | BRIDGETOWN, Barbados, CMC | CMC
fr | de notre envoyée spéciale à Caracas, Marie Dupont | Marie Dupont (envoyée spéciale @ Caracas)
it | Mario Rossi, inviato a Roma | Mario Rossi (inviato @ Roma)
es | Texto: Ana Ruiz · Fotos: Luis Paz | Ana Ruiz; Luis Paz (photographer)
es | Ana Ruiz | Enviada especial a La Paz | Ana Ruiz (Enviada especial @ La Paz)
es | Redacción/EFE | Redacción; EFE
es | EFE - Madrid | EFE (@ Madrid)
es | Ana Ruiz, @ana_ruiz, Bogotá | Ana Ruiz (@ Bogotá)
es | Ana Ruiz - ana@diario.example - Bogotá | Ana Ruiz (@ Bogotá)
es | Dra. Ana Ruiz (PhD) | Ana Ruiz
es | Ing. Agr. Luis Paz | Luis Paz
es | Ana Ruiz y AFP | Ana Ruiz; AFP
es | Ana Ruiz. Especial para El Faro | Ana Ruiz
es | Ana Ruiz, especial desde Quito | Ana Ruiz (@ Quito)
es | Quito. Ana Ruiz | Ana Ruiz (@ Quito)
es | Edición: Ana Ruiz | Ana Ruiz (editor)
es | Ilustración: Ana Ruiz | Ana Ruiz (illustrator)
es | Video: Ana Ruiz | Ana Ruiz (video)
es | Hace 3 horas por Ana Ruiz | Ana Ruiz
es | Actualizado por Ana Ruiz | Ana Ruiz
es | De nuestros corresponsales | De nuestros corresponsales
es | Cartas al director |
es | Ana Ruiz y Luis Paz y Eva Sol | Ana Ruiz; Luis Paz; Eva Sol
es | Ana Ruiz, Luis Paz, y Eva Sol | Ana Ruiz; Luis Paz; Eva Sol
es | Ana Ruiz (1950-2020) | Ana Ruiz
es | La columna de Ana Ruiz | Ana Ruiz
es | Podcast: Ana Ruiz | Ana Ruiz
es | Ana Ruiz, jefa de Política | Ana Ruiz (jefa de Política)
pt | Por Ana Souza e Luís Paz, do Rio | Ana Souza (@ Rio); Luís Paz (@ Rio)
pt | Por Ana Souza, do Rio de Janeiro | Ana Souza (@ Rio de Janeiro)
pt | Da redação, com agências | Da redação; Agências
en | Mary Poe and Bob Smith for The Example | Mary Poe; Bob Smith; The Example
en | Mary Poe of The Example | Mary Poe; The Example
en | Mary Poe BBC News | Mary Poe; BBC News
en | From our own correspondent | From our own correspondent
en | Guest post by Mary Poe | Mary Poe
en | View all posts by Mary Poe | Mary Poe
en | Photography by Bob Smith | Bob Smith (photographer)
en | Reporting by Mary Poe in Lima; Writing by Eva Low; Editing by Tom Low | Mary Poe (@ Lima); Eva Low; Tom Low (editor)
en | By Mary Poe, Updated 3 hours ago | Mary Poe
en | Mary Poe | 2 min read | Mary Poe
en | Mary Poe and 3 others | Mary Poe
en | Mary Poe et al. | Mary Poe
en | Mary Poe +1 | Mary Poe
en | Mary Poe Follow @mary_poe | Mary Poe
en | Paid post |
fr | Ana GIL et Luc PAZ | Ana Gil; Luc Paz
fr | Publié le 12 mai 2026 par Ana Gil | Ana Gil
fr | De notre correspondant à Lima | De notre correspondant (@ Lima)
it | dalla nostra inviata Anna Gallo | Anna Gallo (inviata)
it | a cura di Anna Gallo | Anna Gallo
it | Testo di Anna Gallo, foto di Luca Riva | Anna Gallo; Luca Riva (photographer)
de | Ein Interview von Anna Gil | Anna Gil
de | Von unserem Korrespondenten Lutz Berg | Lutz Berg (Korrespondenten)
es | Por Ana Ruiz @anaruiz en Twitter | Ana Ruiz
es | Ana Ruiz | Foto: EFE | Ana Ruiz; EFE (photographer)
es | Ana Ruiz / Infografía: Luis Paz | Ana Ruiz; Luis Paz
es | Investigación: Ana Ruiz | Ana Ruiz
es | 1. Ana Ruiz | Ana Ruiz
es | Ana85 | Ana85
es | Redactor 3 | Redactor 3
es | Usuario 12345 |
es | ✍️ Ana Ruiz 🇦🇷 | Ana Ruiz
es | <p>Ana Ruiz</p><p>Luis Paz</p> | Ana Ruiz; Luis Paz
es | Ana Ruiz &lt;br&gt; Luis Paz | Ana Ruiz; Luis Paz
es | ACAN-EFE | ACAN-EFE
es | Ana Ruiz | Madrid - 12 MAY 2026 - 10:30 CEST | Ana Ruiz (@ Madrid)
es | Lunes 12 de mayo de 2026 | Ana Ruiz | Ana Ruiz
es | 10:30 Ana Ruiz | Ana Ruiz
es | Ana Torres 12 de mayo | Ana Torres
es | Ana Ruiz - Actualizado: 12/05/2026 | Ana Ruiz
es | AFP. Ana Ruiz | AFP; Ana Ruiz
es | Tomado de: EFE | EFE
es | Ana Ruiz con datos de EFE | Ana Ruiz; EFE (contributor)
es | Ana Ruiz. Enviada especial. Caracas | Ana Ruiz (Enviada especial @ Caracas)
es | Ana Ruiz > Luis Paz | Ana Ruiz; Luis Paz
es | Ana Ruiz–Luis Paz | Ana Ruiz; Luis Paz
es | Una investigación de Ana Ruiz | Ana Ruiz
es | Ana Ruiz BBC News Mundo | Ana Ruiz; BBC News Mundo
es | Ana Ruiz, para O Globo | Ana Ruiz; O Globo
pt | Por Ana Souza — Do Rio | Ana Souza (@ Rio)
pt | da AFP | AFP
pt | Ana Souza com colaboração de Luís Paz | Ana Souza; Luís Paz (contributor)
fr | Par Claire Petit avec Luc Morel | Claire Petit; Luc Morel
fr | Par Claire Petit - Publié le 12/05/2026 à 10:30 | Claire Petit
en | Mary Poe/Getty Images for UNICEF | Mary Poe; Getty Images; Unicef
en | Mary Poe w/ Bob Smith | Mary Poe; Bob Smith
en | Reuters' Mary Poe | Mary Poe; Reuters
en | Bob Smith, OBE | Bob Smith
en | From AP | AP
en | Newsday Reporter | Newsday Reporter
en | b. smith | B. Smith
en | Letter to the Editor |
ru | Автор: Иван Петров | Иван Петров
ar | كتب: محمد علي | محمد علي
zh | 记者 王小明 | 王小明
ko | 김철수 기자 | 김철수
"""


@pytest.mark.parametrize("form", [line for line in _FORMS.splitlines() if line])
def test_a_byline_names_whom_a_reader_would_name(form: str) -> None:
    language, rest = form.split(" | ", 1)
    printed, expected = (part.strip() for part in rest.rsplit(" |", 1))
    said = []
    for credit in split_byline(printed, outlet_title="El Diario", language=language):
        beside = f"{credit.role or ''} {f'@ {credit.place}' if credit.place else ''}".strip()
        said.append(f"{credit.name} ({beside})" if beside else credit.name)
    assert "; ".join(said) == expected


def test_what_a_script_says_is_nobody() -> None:
    printed = "<b>Eva Lara</b> <script>alert(1)</script> eva@herald.example"
    assert [credit.name for credit in split_byline(printed, outlet_title="Herald", language="en")] == ["Eva Lara"]
