"""What a document must say when no VAT, or VAT under conditions, is charged: in the language of the customer.

Sources: royal decree no. 1, art. 5 §1, 9°bis and 10° and art. 20; royal decree no. 20, annex, table A, XXXVIII; VAT Code
art. 39, 39bis, 42, 44, 56bis, 58. The wording is to be reviewed by an accountant [B].
"""

from collections.abc import Mapping

Mention = Mapping[str, str]

EXEMPT: Mention = {
    "fr": "Opération exemptée de la TVA, article 44 du Code de la TVA.",
    "nl": "Handeling vrijgesteld van btw, artikel 44 van het Btw-Wetboek.",
    "en": "Exempt from VAT, article 44 of the Belgian VAT Code.",
}

EU_SERVICE: Mention = {
    "fr": "Autoliquidation : TVA due par le preneur, article 196 de la directive 2006/112/CE"
    " (article 21, § 2, du Code belge de la TVA).",
    "nl": "Btw verlegd: btw verschuldigd door de afnemer, artikel 196 van Richtlijn 2006/112/EG"
    " (artikel 21, § 2, van het Belgisch Btw-Wetboek).",
    "en": "Reverse charge: VAT due by the customer, article 196 of Directive 2006/112/EC"
    " (article 21, § 2, of the Belgian VAT Code).",
}

CO_CONTRACTOR: Mention = {
    "fr": "Autoliquidation : en l’absence de contestation par écrit, dans un délai d’un mois à compter de la"
    " réception de la facture, le client est présumé reconnaître qu’il est un assujetti tenu au dépôt de"
    " déclarations périodiques. Si cette condition n’est pas remplie, le client endosse, par rapport à cette"
    " condition, la responsabilité quant au paiement de la taxe, des intérêts et des amendes dus.",
    "nl": "Btw verlegd: bij gebrek aan schriftelijke betwisting binnen een termijn van één maand na de ontvangst"
    " van de factuur, wordt de afnemer geacht te erkennen dat hij een belastingplichtige is gehouden tot de"
    " indiening van periodieke aangiften. Als die voorwaarde niet vervuld is, is de afnemer ten aanzien van die"
    " voorwaarde aansprakelijk voor de betaling van de verschuldigde belasting, interesten en geldboeten.",
    "en": "Reverse charge: unless the customer disputes it in writing within one month of receiving the invoice,"
    " the customer is deemed to be a taxable person who files periodic VAT returns. Where that condition is not"
    " met, the customer is liable, as regards that condition, for the tax, interest and fines due.",
}

EXPORT: Mention = {
    "fr": "Exportation exemptée de la TVA, article 39 du Code de la TVA.",
    "nl": "Uitvoer vrijgesteld van btw, artikel 39 van het Btw-Wetboek.",
    "en": "Export exempt from VAT, article 39 of the Belgian VAT Code.",
}

OUTSIDE: Mention = {
    "fr": "Hors champ de la TVA belge, article 21, § 2, du Code de la TVA.",
    "nl": "Buiten het toepassingsgebied van de Belgische btw, artikel 21, § 2, van het Btw-Wetboek.",
    "en": "Outside the scope of Belgian VAT, article 21, § 2, of the Belgian VAT Code.",
}

EU_GOODS: Mention = {
    "fr": "Livraison intracommunautaire exemptée de la TVA, article 39bis du Code de la TVA.",
    "nl": "Intracommunautaire levering vrijgesteld van btw, artikel 39bis van het Btw-Wetboek.",
    "en": "Intra-Community supply exempt from VAT, article 39bis of the Belgian VAT Code.",
}

ABROAD: Mention = {
    "fr": "Opération localisée à l’étranger : hors champ de la TVA belge, articles 14 à 21bis du Code de la TVA.",
    "nl": "Handeling die in het buitenland plaatsvindt: buiten het toepassingsgebied van de Belgische btw, artikelen 14 tot"
    " 21bis van het Btw-Wetboek.",
    "en": "Supplied abroad: outside the scope of Belgian VAT, articles 14 to 21bis of the Belgian VAT Code.",
}

NOT_SUBJECT: Mention = {
    "fr": "Hors champ de la TVA : pas de livraison ni de prestation à titre onéreux, article 2 du Code de la TVA.",
    "nl": "Buiten het toepassingsgebied van de btw: geen levering of dienst onder bezwarende titel, artikel 2 van het"
    " Btw-Wetboek.",
    "en": "Outside the scope of VAT: no supply for consideration, article 2 of the Belgian VAT Code.",
}

INSTITUTION: Mention = {
    "fr": "Exempté de la TVA, article 42, § 3, du Code de la TVA (certificat d’exemption 151).",
    "nl": "Vrijgesteld van btw, artikel 42, § 3, van het Btw-Wetboek (vrijstellingscertificaat 151).",
    "en": "Exempt from VAT, article 42, § 3, of the Belgian VAT Code (exemption certificate 151).",
}

FRANCHISE: Mention = {
    "fr": "Régime particulier de franchise des petites entreprises, TVA non applicable (article 56bis du Code de la TVA).",
    "nl": "Bijzondere vrijstellingsregeling kleine ondernemingen, btw niet toepasselijk (artikel 56bis van het Btw-Wetboek).",
    "en": "Special exemption scheme for small enterprises, VAT not applicable (article 56bis of the Belgian VAT Code).",
}

RENOVATION: Mention = {
    "fr": "Taux de TVA : en l’absence de contestation par écrit, dans un délai d’un mois à compter de la réception de la"
    " facture, le client est présumé reconnaître que (1) les travaux sont effectués à un bâtiment d’habitation dont la"
    " première occupation a eu lieu dans une année civile qui précède d’au moins dix ans la date de la première facture"
    " relative à ces travaux, (2) qu’après l’exécution de ces travaux, l’habitation est utilisée, soit exclusivement, soit à"
    " titre principal, comme logement privé et (3) que ces travaux sont fournis et facturés à un consommateur final. Si au"
    " moins une de ces conditions n’est pas remplie, le taux normal de TVA de 21 % sera applicable et le client endossera,"
    " par rapport à ces conditions, la responsabilité quant au paiement de la taxe, des intérêts et des amendes dus.",
    "nl": "Btw-tarief: bij gebrek aan schriftelijke betwisting binnen een termijn van één maand vanaf de ontvangst van de"
    " factuur, wordt de klant geacht te erkennen dat (1) de werken worden verricht aan een woning waarvan de eerste"
    " ingebruikneming heeft plaatsgevonden in een kalenderjaar dat ten minste tien jaar voorafgaat aan de datum van de eerste"
    " factuur met betrekking tot die werken, (2) de woning, na uitvoering van die werken, uitsluitend of hoofdzakelijk als"
    " privéwoning wordt gebruikt en (3) de werken worden verstrekt en gefactureerd aan een eindverbruiker. Wanneer minstens"
    " één van die voorwaarden niet is voldaan, zal het normale btw-tarief van 21 % van toepassing zijn en is de klant ten"
    " aanzien van die voorwaarden aansprakelijk voor de betaling van de verschuldigde belasting, interesten en geldboeten.",
    "en": "VAT rate: unless the customer disputes it in writing within one month of receiving the invoice, the customer is"
    " deemed to acknowledge that (1) the works are done on a dwelling first occupied in a calendar year at least ten years"
    " before the date of the first invoice for these works, (2) after the works the dwelling is used wholly or mainly as a"
    " private home and (3) the works are supplied and invoiced to an end consumer. Where at least one of these conditions is"
    " not met, the normal VAT rate of 21 % applies and the customer is liable, as regards these conditions, for the tax,"
    " interest and fines due.",
}


def exempt(place: str) -> Mention:
    """Return the mention of an exemption of art. 44, with where it stands in the article."""
    return {
        "fr": f"Opération exemptée de la TVA, article 44, {place}, du Code de la TVA.",
        "nl": f"Handeling vrijgesteld van btw, artikel 44, {place}, van het Btw-Wetboek.",
        "en": f"Exempt from VAT, article 44, {place}, of the Belgian VAT Code.",
    }


def margin(*, french: str, dutch: str, english: str) -> Mention:
    """Return the mention of a margin scheme, as art. 5 §1, 10° of royal decree no. 1 words it."""
    return {
        "fr": f"Régime particulier – {french}.",
        "nl": f"Bijzondere regeling – {dutch}.",
        "en": f"Margin scheme – {english}.",
    }


CREDIT: Mention = {
    "fr": "TVA à reverser à l’État dans la mesure où elle a été initialement déduite.",
    "nl": "Btw terug te storten aan de Staat in de mate waarin ze oorspronkelijk in aftrek werd gebracht.",
    "en": "VAT to be paid back to the State in so far as it was deducted at first.",
}
