"""The sixty made-up people with names, and how many more there are in each team."""

from typing import Final

BERLIN: Final = "Europe/Berlin"
LONDON: Final = "Europe/London"
LISBON: Final = "Europe/Lisbon"
STOCKHOLM: Final = "Europe/Stockholm"
NEW_YORK: Final = "America/New_York"
KOLKATA: Final = "Asia/Kolkata"
TOKYO: Final = "Asia/Tokyo"

# team -> (name, time zone) of those who have names; the first of a team leads it
NAMED: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "Payments": (
        ("Mo Adeyemi", LONDON),
        ("Ana Ruiz", BERLIN),
        ("Linh Tran", BERLIN),
        ("Piotr Zielinski", BERLIN),
        ("Amara Okafor", LONDON),
        ("Jonas Beck", BERLIN),
        ("Sofia Marino", LISBON),
        ("Deniz Kaya", BERLIN),
        ("Hana Novak", BERLIN),
        ("Ravi Menon", KOLKATA),
    ),
    "Platform": (
        ("Rui Costa", LISBON),
        ("Dag Holm", STOCKHOLM),
        ("Tove Nygaard", STOCKHOLM),
        ("Iva Petkova", BERLIN),
        ("Teo Marchetti", LISBON),
        ("Yuki Arai", TOKYO),
        ("Ola Lindqvist", STOCKHOLM),
        ("Priya Raman", KOLKATA),
        ("Caleb Stone", NEW_YORK),
        ("Noor Haddad", LONDON),
        ("Emre Aslan", BERLIN),
        ("Greta Vogel", BERLIN),
        ("Luis Paredes", LISBON),
        ("Malik Diallo", LONDON),
        ("Wen Zhao", LONDON),
        ("Kaja Solberg", STOCKHOLM),
    ),
    "Mobile": (
        ("Aoife Brennan", LONDON),
        ("Nils Ekberg", STOCKHOLM),
        ("Bo Jensen", STOCKHOLM),
        ("Tariq Mansour", LONDON),
        ("Chiara Fontana", BERLIN),
        ("Jiho Park", BERLIN),
        ("Marek Sladky", BERLIN),
        ("Selma Begic", BERLIN),
        ("Oskar Wiik", STOCKHOLM),
        ("Leila Rahimi", LONDON),
        ("Diego Salas", LISBON),
        ("Anya Sokolova", BERLIN),
        ("Femi Balogun", LONDON),
        ("Mina Kato", TOKYO),
    ),
    "Data": (
        ("Elif Demir", BERLIN),
        ("Hugo Laurent", LISBON),
        ("Zofia Kowal", BERLIN),
        ("Arjun Pillai", KOLKATA),
    ),
    "Support": (
        ("Carla Mendes", LISBON),
        ("Pia Keller", BERLIN),
        ("Owen Price", LONDON),
        ("Nadia Karim", LONDON),
        ("Tomas Reyes", LISBON),
        ("Ingrid Moe", STOCKHOLM),
        ("Kofi Mensah", LONDON),
        ("Lucia Ferri", BERLIN),
        ("Beth Harlow", NEW_YORK),
        ("Idris Toure", LONDON),
    ),
    "Office": (
        ("Vera Lind", NEW_YORK),
        ("Ines Weber", BERLIN),
        ("Sam Ito", TOKYO),
        ("Kit Moran", LONDON),  # new: nothing yet
        ("Lea Fournier", LISBON),  # a seat, and nothing that is billed per use
        ("Gus Guest", BERLIN),  # works for somebody else
    ),
}

# team -> how many more, who are seen in sums only
UNNAMED: Final[dict[str, int]] = {
    "Platform": 9,
    "Mobile": 10,
    "Support": 4,
    "Web": 22,
    "Quality": 12,
    "Reliability": 8,
    "Sales": 15,
    "Design": 12,
    "Finance": 8,
}

ENGINEERING: Final = frozenset({"Payments", "Platform", "Mobile", "Data", "Web", "Quality", "Reliability"})
