"""The people, cooperatives, trades and customers of the demonstration: fixed tables, all invented."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

GROUP = "Groupe Rive"
DOMAIN = "partagee.example"
Status = Literal["employee", "self_employed", "candidate"]


@dataclass(frozen=True)
class House:
    """A cooperative of the group."""

    code: str
    name: str
    kind: str
    serial: int
    street: str
    postcode: str
    town: str
    language: str
    court: str


HOUSES = (
    House(
        "archipel", "Archipel", "entrepreneurs", 1, "Rue de l’Estuaire 12", "1000", "Bruxelles", "fr", "RPM Bruxelles"
    ),
    House("boreal", "Boréal", "entrepreneurs", 2, "Noorderlichtlaan 8", "1030", "Brussel", "nl", "RPR Brussel"),
    House("cabestan", "Cabestan", "self_employed", 3, "Quai du Cabestan 5", "4000", "Liège", "fr", "RPM Liège"),
)


@dataclass(frozen=True)
class Staff:
    """Somebody of the support team: a role, and the cooperatives where they have it (empty: the group)."""

    name: str
    role: str
    language: str
    houses: tuple[str, ...] = ()


STAFF = (
    Staff("Farid Benali", "coach", "fr", ("archipel",)),
    Staff("Élise Fontaine", "payroll_officer", "fr", ("archipel",)),
    Staff("Bruno Henrard", "accountant", "fr", ("archipel", "cabestan")),
    Staff("Amina Ouali", "cooperative_admin", "fr", ("archipel", "boreal", "cabestan")),
    Staff("Greet Vandamme", "group_admin", "nl"),
    Staff("Jeanne Collard", "auditor", "fr", ("archipel",)),
    Staff("Hilde Baert", "payroll_officer", "nl", ("boreal",)),
    Staff("Wim Coppens", "accountant", "nl", ("boreal",)),
)
COACHED = ("A-017", "A-020", "A-023")
"""The activities that the coach accompanies."""


@dataclass(frozen=True)
class Product:
    """Something that an activity sells: what it says on the invoice, its unit, its price excluding VAT, its VAT in Belgium.

    ``sale`` is what that is for VAT, a code of ``invoicing.vat.sales``.
    """

    text: str
    unit: str
    price: str
    vat: str = "21"
    sale: str = "service"


@dataclass(frozen=True)
class Trade:
    """A kind of work, with what it sells, what it buys, and which customers it has."""

    products: tuple[Product, ...]
    purchases: tuple[tuple[str, str, str], ...]  # description, price excluding VAT, kind of cost
    customers: tuple[str, ...]


TRANSLATION = Trade(
    (
        Product("Traduction français–néerlandais", "ZP", "38"),
        Product("Traduction anglais–français", "ZP", "34"),
        Product("Relecture et révision", "HUR", "62"),
        Product("Sous-titrage", "HUR", "70"),
    ),
    (
        ("Abonnement logiciel de mémoire de traduction", "49.00", "software"),
        ("Dictionnaires en ligne", "22.50", "software"),
    ),
    (
        "Éditions du Vent",
        "Studio Méridien",
        "Verlag Nordstern@DE",
        "Musée de la Plume",
        "Asbl Passerelles",
        "Agence Lumen",
    ),
)
DESIGN = Trade(
    (
        Product("Identité visuelle", "HUR", "65"),
        Product("Mise en page", "HUR", "55"),
        Product("Illustration", "C62", "180"),
        Product("Affiche et déclinaisons", "LS", "420"),
        Product("Bannières pour le site", "C62", "90"),
    ),
    (("Licence de la suite graphique", "61.50", "software"), ("Épreuves d’impression", "84.00", "office")),
    ("Théâtre des Rives", "Brasserie du Phare", "Librairie Grain de Sel", "Festival Marée Haute", "Atelier Corail"),
)
GARDEN = Trade(
    (
        Product("Panier de légumes", "C62", "18.50", "6", "food"),
        Product("Légumes en caisse", "KGM", "3.40", "6", "food"),
        Product("Plants de saison", "C62", "2.95", "6", "plants"),
        Product("Entretien de jardin", "HUR", "42"),
    ),
    (("Semences et terreau", "138.00", "goods"), ("Outils de jardin", "76.40", "goods")),
    ("Cantine Le Potager", "Épicerie Vrac et Cie", "Restaurant La Houle", "Famille Delvaux@P", "École des Tilleuls"),
)
TRAINING = Trade(
    (
        Product("Formation en entreprise, journée", "DAY", "620", "EXEMPT_TEACHING", "training"),
        Product("Atelier de groupe", "HUR", "85", "EXEMPT_TEACHING", "training"),
        Product("Préparation et supports", "HUR", "48", "EXEMPT_TEACHING", "training"),
    ),
    (("Location d’une salle", "120.00", "rent"), ("Impression des supports", "54.20", "office")),
    ("Centre Horizon", "Mutuelle des Quais", "Commune de Valbois", "Coopérative Agrirelais"),
)
WEB = Trade(
    (
        Product("Développement du site", "DAY", "480"),
        Product("Maintenance mensuelle", "MON", "190"),
        Product("Hébergement", "MON", "35"),
        Product("Audit d’accessibilité", "LS", "850"),
        Product("Formation à l’outil", "HUR", "75"),
    ),
    (("Serveur virtuel", "39.90", "software"), ("Nom de domaine et certificats", "18.00", "software")),
    (
        "Coopérative Solena",
        "Librairie Nordstern@DE",
        "Maison Van Rijn@NL",
        "Asbl Passerelles",
        "Garage Lambrecht",
        "Brasserie du Phare",
    ),
)
CARPENTRY = Trade(
    (
        Product("Pose de châssis", "HUR", "48", "BE06_RENOVATION", "renovation"),
        Product("Meuble sur mesure", "LS", "1350"),
        Product("Escalier, fourniture et pose", "LS", "2400", "BE06_RENOVATION", "renovation"),
        Product("Aménagement de cuisine", "DAY", "390"),
        Product("Sous-traitance sur chantier", "HUR", "44", "CO_CONTRACTOR", "works"),
    ),
    (("Bois et quincaillerie", "410.00", "goods"), ("Affûtage et lames", "63.80", "goods")),
    (
        "Immobilière Quai Sud",
        "Famille Renard@P",
        "Construct Ardent",
        "Famille Claessens@P",
        "Architectes Trait d’Union",
    ),
)
PHOTO = Trade(
    (
        Product("Reportage photo", "HUR", "95"),
        Product("Portraits en studio", "C62", "140"),
        Product("Cession de droits", "LS", "260", "6", "author_rights"),
        Product("Retouches", "HUR", "50"),
    ),
    (("Location de matériel", "92.00", "rent"), ("Tirages", "58.70", "goods")),
    ("Théâtre des Rives", "Agence Lumen", "Festival Marée Haute", "Famille Noël@P", "Galerie L’Écluse"),
)
COOKING = Trade(
    (
        Product("Repas servi, par personne", "C62", "28", "12", "restaurant"),
        Product("Buffet froid, par personne", "C62", "19.50", "6", "food"),
        Product("Service en salle", "HUR", "34"),
        Product("Boissons", "C62", "4.20", sale="drinks"),
    ),
    (("Produits frais", "286.00", "goods"), ("Location de vaisselle", "74.00", "rent")),
    ("Festival Marée Haute", "Mutuelle des Quais", "Famille Peeters@P", "Bureau Zuiderzon", "Commune de Valbois"),
)
BIKES = Trade(
    (
        Product("Entretien complet du vélo", "C62", "82"),
        Product("Pièces de rechange", "C62", "24.90"),
        Product("Main-d’œuvre", "HUR", "49"),
        Product("Entretien de la flotte", "MON", "310"),
    ),
    (("Pièces détachées", "214.00", "goods"), ("Lubrifiants", "31.60", "goods")),
    ("Coursiers de la Senne", "Commune de Valbois", "Mutuelle des Quais", "Famille Dumont@P", "Bureau Zuiderzon"),
)
ADVICE = Trade(
    (
        Product("Conseil en organisation", "DAY", "560"),
        Product("Accompagnement d’équipe", "HUR", "88"),
        Product("Rapport et recommandations", "LS", "740"),
        Product("Advice to a European partner", "DAY", "610", "EU_SERVICE"),
    ),
    (("Abonnement de train", "96.00", "travel"), ("Documentation", "41.30", "office")),
    ("Coopérative Agrirelais", "Fondation Grand Large", "Cabinet Rivage@FR", "Stichting Getij@NL", "Centre Horizon"),
)
WRITING = Trade(
    (
        Product("Copywriting, per halve dag", "C62", "240"),
        Product("Nieuwsbrief", "C62", "310"),
        Product("Eindredactie", "HUR", "58"),
        Product("Interview en artikel", "LS", "390"),
    ),
    (("Abonnement beeldbank", "29.00", "software"), ("Vakliteratuur", "24.80", "office")),
    ("Bureau Zuiderzon", "Vzw Zilt", "Uitgeverij De Boei", "Maison Van Rijn@NL", "Studio Méridien"),
)


@dataclass(frozen=True)
class Member:
    """An entrepreneur: who, where, in which status, doing what, for how many hours and which wage.

    ``start`` and ``end`` are months of the world, counted from 0 (None: from before, until further notice). ``turnover``
    is what the activity earns in an ordinary month, EUR excluding VAT.
    """

    name: str
    house: str
    status: Status
    code: str
    activity: str
    trade: Trade
    turnover: int
    hours: str = ""
    gross: str = ""
    scale: str = "C"
    experience: int = 5
    born_on: date = date(1985, 7, 30)
    household: str = "single"
    children: int = 0
    language: str = "fr"
    opening: Decimal = Decimal("6000.00")
    start: int | None = None
    end: int | None = None
    wish: Literal["gross", "cost", "net", ""] = ""
    needs: bool = False
    weight: str = "1"
    shares: tuple[tuple[str, str], ...] = field(default=())

    @property
    def email(self) -> str:
        """The address by which they log in."""
        return address(self.name)


def address(name: str) -> str:
    """Return the invented e-mail address of a person: the first name, unaccented, and the family name where needed."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    first, _, last = plain.partition(" ")
    return f"{first}@{DOMAIN}" if name in SHORT else f"{first}.{last.replace(' ', '').replace('’', '')}@{DOMAIN}"


SHORT = frozenset(
    {
        "Aline Dubois", "Lina Maes", "Chloé Martin", "Dirk Peeters", "Ivo Claes", "Hugo Lambert",
        *(person.name for person in STAFF),
    }
)  # fmt: skip
"""Who is known by first name alone, as in the guide and in the tests."""

MEMBERS = (
    Member("Aline Dubois", "archipel", "employee", "A-017", "Aline traduit", TRANSLATION, 4600, "30.40", "2360.00",
           born_on=date(1984, 3, 12), household="own_income", children=2, opening=Decimal("8200.00"), wish="gross"),
    Member("Lina Maes", "archipel", "employee", "A-018", "Atelier Lina", DESIGN, 3000, "19.00", "1450.00",
           born_on=date(1991, 5, 23), opening=Decimal("6100.00"), wish="net"),
    Member("Chloé Martin", "archipel", "employee", "A-019", "Chloé jardine", GARDEN, 3100, "19.00", "1420.00",
           born_on=date(1988, 9, 2), household="no_income", children=1, opening=Decimal("4900.00")),
    Member("Hugo Lambert", "archipel", "candidate", "A-020", "Hugo forme", TRAINING, 1500,
           born_on=date(1996, 1, 17), opening=Decimal("1250.00"), start=-7),
    Member("Noor Vermeulen", "archipel", "employee", "A-021", "Noor développe", WEB, 7400, "38.00", "3380.00", "D",
           born_on=date(1989, 11, 8), household="own_income", children=1, opening=Decimal("14800.00"), wish="cost"),
    Member("Samuel Petit", "archipel", "employee", "A-022", "Menuiserie Petit", CARPENTRY, 6600, "38.00", "2920.00",
           born_on=date(1979, 6, 4), household="no_income", children=3, opening=Decimal("11200.00"), wish="gross"),
    Member("Inès Garcia", "archipel", "employee", "A-023", "Inès photographie", PHOTO, 3200, "22.80", "1790.00",
           born_on=date(1993, 2, 27), opening=Decimal("2100.00"), needs=True),
    Member("Mathieu Leroy", "archipel", "employee", "A-024", "Leroy Formations", TRAINING, 5000, "28.50", "2240.00",
           born_on=date(1982, 12, 19), household="own_income", children=2, opening=Decimal("9300.00"), wish="net"),
    Member("Yasmina El Amrani", "archipel", "employee", "A-025", "Yasmina conseille", ADVICE, 5700, "30.40", "2450.00", "D",
           born_on=date(1986, 8, 14), children=1, opening=Decimal("10400.00"), wish="cost"),
    Member("Thomas Lejeune", "archipel", "employee", "A-026", "Thomas répare", BIKES, 3500, "22.80", "1770.00",
           born_on=date(1994, 4, 1), opening=Decimal("5600.00")),
    Member("Julie Simon", "archipel", "employee", "A-027", "Julie écrit", DESIGN, 3200, "19.00", "1490.00",
           born_on=date(1990, 10, 21), household="own_income", opening=Decimal("5200.00"), end=7),
    Member("Dirk Peeters", "boreal", "employee", "B-001", "Dirk Timmert", CARPENTRY, 6300, "38.00", "2990.00",
           born_on=date(1981, 1, 29), household="own_income", children=2, language="nl", opening=Decimal("10900.00"), wish="gross"),
    Member("Sofie Janssens", "boreal", "employee", "B-002", "Sofie schrijft", WRITING, 4300, "26.60", "2080.00",
           born_on=date(1987, 7, 6), children=1, language="nl", opening=Decimal("7700.00"), weight="3",
           shares=(("B-009", "1"),)),
    Member("Wout De Smet", "boreal", "employee", "B-003", "De Smet Web", WEB, 6900, "38.00", "3180.00", "D",
           born_on=date(1992, 3, 15), language="nl", opening=Decimal("13100.00"), wish="cost"),
    Member("Eva Willems", "boreal", "employee", "B-004", "Eva illustreert", DESIGN, 3000, "19.00", "1490.00",
           born_on=date(1995, 12, 3), language="nl", opening=Decimal("5300.00"), weight="3", shares=(("B-009", "1"),)),
    Member("Lotte Goossens", "boreal", "employee", "B-005", "Lotte kookt", COOKING, 4600, "26.60", "2090.00",
           born_on=date(1983, 5, 11), household="low_income", children=2, language="nl", opening=Decimal("1900.00"), needs=True),
    Member("Pieter Mertens", "boreal", "employee", "B-006", "Mertens Opleiding", TRAINING, 5200, "30.40", "2400.00",
           born_on=date(1977, 9, 25), household="no_income", children=1, language="nl", opening=Decimal("9600.00"), wish="net"),
    Member("Karim Haddad", "boreal", "employee", "B-007", "Haddad Fietsen", BIKES, 3900, "26.60", "2090.00",
           born_on=date(1990, 6, 30), children=2, language="nl", opening=Decimal("6800.00")),
    Member("Nele Wouters", "boreal", "employee", "B-008", "Nele vertaalt", TRANSLATION, 3200, "19.00", "1400.00",
           experience=2, born_on=date(1998, 2, 8), language="nl", opening=Decimal("0.00"), start=9),
    Member("Ivo Claes", "cabestan", "self_employed", "C-001", "Ivo Advies", ADVICE, 5400,
           born_on=date(1974, 4, 18), language="nl", opening=Decimal("7300.00")),
    Member("Marie Lambrecht", "cabestan", "self_employed", "C-002", "Lambrecht Conseil", ADVICE, 4700,
           born_on=date(1980, 8, 9), opening=Decimal("6200.00")),
    Member("Olivier Dumont", "cabestan", "self_employed", "C-003", "Dumont Web", WEB, 5100,
           born_on=date(1985, 11, 27), opening=Decimal("5800.00")),
    Member("Fatima Bouzid", "cabestan", "self_employed", "C-004", "Fatima photographie", PHOTO, 2900,
           born_on=date(1992, 1, 5), opening=Decimal("3400.00")),
    Member("Bart Hendrickx", "cabestan", "self_employed", "C-005", "Hendrickx Hout", CARPENTRY, 5600,
           born_on=date(1978, 10, 13), language="nl", opening=Decimal("8100.00")),
    Member("An De Clercq", "cabestan", "self_employed", "C-006", "An traduit", TRANSLATION, 3300,
           born_on=date(1988, 3, 22), language="nl", opening=Decimal("4200.00")),
)  # fmt: skip


@dataclass(frozen=True)
class Together:
    """An activity that several members run."""

    code: str
    house: str
    name: str
    trade: Trade
    turnover: int
    opening: Decimal


SHARED = (Together("B-009", "boreal", "Atelier Noord", DESIGN, 1700, Decimal("2600.00")),)
