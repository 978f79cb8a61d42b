"""Violated rules in plain words: rule → field that corrects it, sentence in German and English.

The table has all rules that one of Kontor's documents can violate, whatever a tenant types; a test damages
every term of a document and looks for rules missing here. Fields are named as on a draft and its records:
``seller`` and ``buyer`` mean the record of that party, ``lines`` is reported with its index. Where several
fields may correct the violation, the first empty one is reported. ``{seller}`` and ``{buyer}`` become the
possessive of that party. Rules whose field is '' can only be violated by a fault of Kontor: the user can do
nothing but report it.
"""
from typing import NamedTuple


class Plain(NamedTuple):
    """``fields`` in the order of the search for an empty one"""
    fields: tuple[str, ...]
    de: str
    en: str


def _plain(fields, de, en):
    return Plain(tuple(fields.split()), de, en)


_OURS_DE = 'Die elektronische Rechnung ist nicht schlüssig: {what}. Das ist kein Fehler in Ihren Angaben.'
_OURS_EN = 'The electronic invoice is not consistent: {what}. This is no mistake in what you have given.'


def _ours(de, en):
    return Plain(('',), _OURS_DE.format(what=de), _OURS_EN.format(what=en))


HEAD = {
    'BR-01': _ours('die Kennung der Spezifikation fehlt', 'the identifier of the specification is missing'),
    'BR-02': _ours('die Rechnungsnummer fehlt', 'the invoice number is missing'),
    'BR-03': _plain('invoice_date', 'Das Rechnungsdatum fehlt.', 'The issue date is missing.'),
    'BR-04': _ours('die Art der Rechnung fehlt', 'the type of the invoice is missing'),
    'BR-05': _ours('die Währung fehlt', 'the currency is missing'),
    'BR-29': _plain('supply_date',
        'Der Leistungszeitraum endet vor seinem Beginn.',
        'The supply period ends before it starts.'),
    'BR-55': _ours(
        'die Nummer der Rechnung fehlt, die berichtigt wird',
        'the number of the invoice that is corrected is missing'),
    'UBL-SR-07': _ours(
        'die Nummer der Rechnung fehlt, die berichtigt wird',
        'the number of the invoice that is corrected is missing'),
    'BR-CL-01': _ours('die Art der Rechnung ist unbekannt', 'the type of the invoice is unknown'),
    'BR-CL-03': _ours('die Währung eines Betrags ist unbekannt', 'the currency of an amount is unknown'),
    'BR-CL-04': _ours('die Währung ist unbekannt', 'the currency is unknown'),
    'BR-CL-08': _ours('die Art einer Bemerkung ist unbekannt', 'the kind of a note is unknown'),
    'BR-CO-19': _plain('supply_date',
        'Der Leistungszeitraum hat weder Beginn noch Ende.',
        'The supply period has neither a start nor an end.'),
    'BR-CO-25': _plain('due_date',
        'Es fehlt, bis wann zu zahlen ist: ein Fälligkeitsdatum oder Zahlungsbedingungen.',
        'It is not said when to pay: a due date or payment terms are missing.'),
    'BR-DE-15': _plain('customer.buyer_reference',
        'XRechnung verlangt eine Käuferreferenz, bei Behörden die Leitweg-ID. Tragen Sie sie beim '
        'Kunden ein.',
        'XRechnung wants a buyer reference, with public authorities the Leitweg-ID. Enter it at '
        'the customer.'),
    'BR-DE-17': _ours(
        'die Art der Rechnung kennt XRechnung nicht',
        'XRechnung does not know this type of invoice'),
    'BR-DE-18': _plain('payment_term',
        'Skonto ist nicht in der Form angegeben, die XRechnung verlangt.',
        'The cash discount is not given in the form that XRechnung wants.'),
    'BR-DE-21': _ours(
        'die Kennung der Spezifikation ist nicht die von XRechnung',
        'the identifier of the specification is not that of XRechnung'),
    'BR-DE-26': _ours(
        'die Rechnung, die berichtigt wird, ist nicht genannt',
        'the invoice that is corrected is not named'),
    'BR-DE-TMP-32': _plain('supply_date',
        'Der Tag oder Zeitraum der Leistung fehlt.',
        'The day or period of supply is missing.'),
    'BR-TMP-6': _ours('ein Datum hat die falsche Form', 'a date has the wrong form'),
    'BR-TMP-7': _ours('ein Datum hat die falsche Form', 'a date has the wrong form'),
    'PEPPOL-EN16931-R001': _plain('invoice_template.business_process_id',
        'XRechnung verlangt die Kennung des Geschäftsprozesses (BT-23). Tragen Sie sie in der Vorlage ein.',
        'XRechnung wants the identifier of the business process (BT-23). Enter it in the template.'),
    'PEPPOL-EN16931-R008': _ours('ein Element ist leer', 'an element is empty'),
    }

PARTIES = {
    'BR-06': _plain('seller.name', 'Der Name {seller} fehlt.', 'The name of {seller} is missing.'),
    'BR-07': _plain('buyer.name', 'Der Name {buyer} fehlt.', 'The name of {buyer} is missing.'),
    'BR-08': _plain('seller.street', 'Die Anschrift {seller} fehlt.', 'The address of {seller} is missing.'),
    'BR-09': _plain('seller.country',
        'Das Land in der Anschrift {seller} fehlt.',
        'The country in the address of {seller} is missing.'),
    'BR-10': _plain('buyer.street', 'Die Anschrift {buyer} fehlt.', 'The address of {buyer} is missing.'),
    'BR-11': _plain('buyer.country',
        'Das Land in der Anschrift {buyer} fehlt.',
        'The country in the address of {buyer} is missing.'),
    'BR-57': _plain('buyer.country',
        'Das Land in der Lieferanschrift fehlt.',
        'The country in the delivery address is missing.'),
    'BR-62': _ours(
        'die Art der elektronischen Adresse fehlt',
        'the kind of the electronic address is missing'),
    'BR-63': _ours(
        'die Art der elektronischen Adresse fehlt',
        'the kind of the electronic address is missing'),
    'BR-CL-10': _ours('die Art einer Kennung ist unbekannt', 'the kind of an identifier is unknown'),
    'BR-CL-14': _plain('buyer.country seller.country',
        'Ein Land ist kein gültiges Länderkürzel (ISO 3166-1, zwei Buchstaben).',
        'A country is no valid country code (ISO 3166-1, two letters).'),
    'BR-CL-25': _ours(
        'die Art der elektronischen Adresse ist unbekannt',
        'the kind of the electronic address is unknown'),
    'BR-CO-09': _plain('buyer.vat_id seller.vat_id',
        'Eine USt-IdNr. beginnt nicht mit dem Kürzel ihres Landes, zum Beispiel DE, ATU oder EL.',
        'A VAT id does not begin with the code of its country, such as DE, ATU or EL.'),
    'BR-CO-26': _plain('seller.vat_id',
        'Die USt-IdNr. oder Steuernummer {seller} fehlt.',
        'The VAT id or tax number of {seller} is missing.'),
    'BR-DE-2': _plain('seller.contact',
        'XRechnung verlangt eine Kontaktstelle {seller}: Name, Telefon und E-Mail.',
        'XRechnung wants a contact of {seller}: name, phone and e-mail.'),
    'BR-DE-3': _plain('seller.city',
        'XRechnung verlangt den Ort in der Anschrift {seller}.',
        'XRechnung wants the city in the address of {seller}.'),
    'BR-DE-4': _plain('seller.postal_code',
        'XRechnung verlangt die Postleitzahl in der Anschrift {seller}.',
        'XRechnung wants the post code in the address of {seller}.'),
    'BR-DE-5': _plain('seller.contact',
        'XRechnung verlangt den Namen einer Kontaktstelle {seller}.',
        'XRechnung wants the name of a contact of {seller}.'),
    'BR-DE-6': _plain('seller.phone',
        'XRechnung verlangt die Telefonnummer {seller}.',
        'XRechnung wants the phone number of {seller}.'),
    'BR-DE-7': _plain('seller.email',
        'XRechnung verlangt die E-Mail-Adresse {seller}.',
        'XRechnung wants the e-mail address of {seller}.'),
    'BR-DE-8': _plain('buyer.city',
        'XRechnung verlangt den Ort in der Anschrift {buyer}, in einer Zeile mit der Postleitzahl.',
        'XRechnung wants the city in the address of {buyer}, in one line with the post code.'),
    'BR-DE-9': _plain('buyer.postal_code',
        'XRechnung verlangt die Postleitzahl in der Anschrift {buyer}, in einer Zeile mit dem Ort.',
        'XRechnung wants the post code in the address of {buyer}, in one line with the city.'),
    'BR-DE-10': _plain('buyer.city',
        'XRechnung verlangt den Ort in der Lieferanschrift, die hier die Anschrift {buyer} ist.',
        'XRechnung wants the city in the delivery address, which here is the address of {buyer}.'),
    'BR-DE-11': _plain('buyer.postal_code',
        'XRechnung verlangt die Postleitzahl in der Lieferanschrift, die hier die Anschrift {buyer} ist.',
        'XRechnung wants the post code in the delivery address, which here is the address of {buyer}.'),
    'BR-DE-16': _plain('seller.vat_id',
        'Die USt-IdNr. oder Steuernummer {seller} fehlt.',
        'The VAT id or tax number of {seller} is missing.'),
    'BR-DE-27': _plain('seller.phone',
        'Die Telefonnummer {seller} hat weniger als drei Ziffern.',
        'The phone number of {seller} has fewer than three digits.'),
    'BR-DE-28': _plain('seller.email',
        'Die E-Mail-Adresse {seller} hat eine falsche Form.',
        'The e-mail address of {seller} has a wrong form.'),
    'PEPPOL-EN16931-R010': _plain('buyer.email',
        'XRechnung verlangt die E-Mail-Adresse {buyer}.',
        'XRechnung wants the e-mail address of {buyer}.'),
    'PEPPOL-EN16931-R020': _plain('seller.email',
        'XRechnung verlangt die E-Mail-Adresse {seller}.',
        'XRechnung wants the e-mail address of {seller}.'),
    }

PAYMENT = {
    'BR-49': _ours('die Zahlungsart fehlt', 'the payment means is missing'),
    'BR-50': _plain('seller.iban', 'Die IBAN {seller} fehlt.', 'The IBAN of {seller} is missing.'),
    'BR-61': _plain('seller.iban', 'Die IBAN {seller} fehlt.', 'The IBAN of {seller} is missing.'),
    'CII-SR-470': _plain('seller.iban', 'Die IBAN {seller} fehlt.', 'The IBAN of {seller} is missing.'),
    'BR-CL-16': _ours('die Zahlungsart ist unbekannt', 'the payment means is unknown'),
    'BR-DE-1': _plain('seller.iban',
        'XRechnung verlangt Angaben zur Zahlung: Die IBAN {seller} fehlt.',
        'XRechnung wants to be told how to pay: the IBAN of {seller} is missing.'),
    'BR-DE-19': _plain('seller.iban',
        'Die IBAN {seller} ist nicht richtig: Ihre Prüfziffern passen nicht.',
        'The IBAN of {seller} is not right: its check digits do not fit.'),
    'BR-DE-23-a': _plain('seller.iban',
        'Für eine Überweisung fehlt die IBAN {seller}.',
        'For a credit transfer the IBAN of {seller} is missing.'),
    }

LINES = {
    'BR-16': _plain('lines', 'Die Rechnung hat keine Position.', 'The invoice has no line.'),
    'BR-21': _ours('eine Position hat keine Nummer', 'a line has no number'),
    'BR-22': _plain('lines.quantity', 'Die Menge fehlt.', 'The quantity is missing.'),
    'BR-23': _plain('lines.unit', 'Die Einheit fehlt.', 'The unit is missing.'),
    'BR-24': _ours('der Betrag einer Position fehlt', 'the amount of a line is missing'),
    'BR-25': _plain('lines.description', 'Die Bezeichnung fehlt.', 'The description is missing.'),
    'BR-26': _plain('lines.unit_price', 'Der Preis fehlt.', 'The price is missing.'),
    'BR-27': _plain('lines.unit_price',
        'Der Preis ist negativ. Geben Sie stattdessen die Menge negativ an.',
        'The price is negative. Give a negative quantity instead.'),
    'BR-CL-23': _plain('lines.unit',
        'Die Einheit hat keinen Code nach UN/ECE Rec 20.',
        'The unit has no code of UN/ECE Rec 20.'),
    'BR-CL-18': _ours(
        'die Steuerkategorie einer Position ist unbekannt',
        'the tax category of a line is unknown'),
    'BR-CO-04': _ours('eine Position hat keine Steuerkategorie', 'a line has no tax category'),
    'BR-DEC-23': _ours(
        'der Betrag einer Position hat mehr als zwei Nachkommastellen',
        'the amount of a line has more than two decimals'),
    'PEPPOL-EN16931-R120': _ours(
        'der Betrag einer Position ist nicht Menge mal Preis',
        'the amount of a line is not quantity times price'),
    'PEPPOL-EN16931-R121': _ours(
        'die Menge, für die ein Preis gilt, ist nicht größer als null',
        'the quantity that a price is for is not above zero'),
    'PEPPOL-EN16931-R130': _ours(
        'Preis und Menge einer Position haben verschiedene Einheiten',
        'price and quantity of a line have different units'),
    }

SUMS = {
    'BR-12': _ours('die Summe der Positionen fehlt', 'the sum of the lines is missing'),
    'BR-13': _ours('der Nettobetrag fehlt', 'the net amount is missing'),
    'BR-14': _ours('der Bruttobetrag fehlt', 'the gross amount is missing'),
    'BR-15': _ours('der zu zahlende Betrag fehlt', 'the amount due is missing'),
    'BR-45': _ours('die Bemessungsgrundlage einer Steuer fehlt', 'the base of a tax is missing'),
    'BR-46': _ours('der Betrag einer Steuer fehlt', 'the amount of a tax is missing'),
    'BR-47': _ours('die Kategorie einer Steuer fehlt', 'the category of a tax is missing'),
    'BR-48': _ours('der Satz einer Steuer fehlt', 'the rate of a tax is missing'),
    'BR-CL-17': _ours('die Kategorie einer Steuer ist unbekannt', 'the category of a tax is unknown'),
    'BR-CL-22': _ours(
        'der Code eines Befreiungsgrunds ist unbekannt',
        'the code of an exemption reason is unknown'),
    'BR-CO-10': _ours('die Positionen ergeben nicht ihre Summe', 'the lines do not give their sum'),
    'BR-CO-13': _ours(
        'die Positionen ergeben nicht den Nettobetrag',
        'the lines do not give the net amount'),
    'BR-CO-14': _ours('die Steuern ergeben nicht ihre Summe', 'the taxes do not give their sum'),
    'BR-CO-15': _ours('netto und Steuer ergeben nicht brutto', 'net and tax do not give gross'),
    'BR-CO-16': _ours(
        'der zu zahlende Betrag ist nicht der Bruttobetrag',
        'the amount due is not the gross amount'),
    'BR-CO-17': _ours(
        'eine Steuer ist nicht Bemessungsgrundlage mal Satz',
        'a tax is not its base times its rate'),
    'BR-CO-18': _ours('die Aufteilung nach Steuern fehlt', 'the breakdown by tax is missing'),
    'BR-DE-14': _ours('der Satz einer Steuer fehlt', 'the rate of a tax is missing'),
    'PEPPOL-EN16931-R053': _ours(
        'die Summe der Steuern steht nicht genau einmal da',
        'the sum of the taxes does not stand there exactly once'),
    'PEPPOL-EN16931-R054': _ours('die Summe der Steuern fehlt', 'the sum of the taxes is missing'),
    } | {
    f'BR-DEC-{number}': _ours(
        'ein Betrag hat mehr als zwei Nachkommastellen', 'an amount has more than two decimals')
    for number in ('09', '12', '13', '14', '18', '19', '20')}

CATEGORIES = {
    'S': ('mit Steuer', 'with tax'),
    'Z': ('zum Steuersatz null', 'at a tax rate of zero'),
    'E': ('steuerfrei', 'exempt from tax'),
    'AE': ('mit Steuerschuldnerschaft des Leistungsempfängers', 'under reverse charge'),
    'IC': ('als innergemeinschaftliche Lieferung', 'as an intra-Community supply'),
    'G': ('als Ausfuhr', 'as an export'),
    'O': ('nicht steuerbar', 'not subject to tax'),
    }
"""Part of a rule's id → wording of the tax treatment"""
BOTH = {'AE', 'IC'}
"""Categories that require a tax registration of the buyer too"""


def _of_category(code, de, en):
    """Return {rule: Plain} of the rules that exist for each tax category"""
    sellers = _plain(
        'seller.vat_id', f'Was {de} berechnet wird, verlangt die USt-IdNr. oder Steuernummer {{seller}}.',
        f'What is charged {en} wants the VAT id or tax number of {{seller}}.')
    both = _plain(
        'buyer.vat_id seller.vat_id',
        f'Was {de} berechnet wird, verlangt die USt-IdNr. {{buyer}} und die {{seller}}.',
        f'What is charged {en} wants the VAT id of {{buyer}} and that of {{seller}}.')
    what_de = f'Steuern von Positionen {de} passen nicht zusammen'
    what_en = f'taxes of lines {en} do not agree'
    return {f'BR-{code}-02': both if code in BOTH else sellers} | {
        f'BR-{code}-{rule}': _ours(what_de, what_en) for rule in ('01', '05', '08', '09')} | {
        f'BR-{code}-10': _ours(what_de, what_en) if code in 'SZ' else _plain(
            'invoice_template.tax_rate', f'Der Grund, warum {de} berechnet wird, fehlt.',
            f'The reason why it is charged {en} is missing.')}


FAMILIES = {
    rule: plain for code, words in CATEGORIES.items() for rule, plain in _of_category(code, *words).items()}
FAMILIES |= {
    'BR-IC-11': _plain('supply_date',
        'Eine innergemeinschaftliche Lieferung verlangt den Tag oder Zeitraum der Lieferung.',
        'An intra-Community supply wants the day or period of delivery.'),
    'BR-IC-12': _plain('buyer.country',
        'Eine innergemeinschaftliche Lieferung verlangt das Land, in das geliefert wurde.',
        'An intra-Community supply wants the country to which it went.'),
    'BR-O-11': _ours(
        'was nicht steuerbar ist, steht neben anderem',
        'what is not subject to tax stands with others'),
    'BR-O-12': _ours(
        'was nicht steuerbar ist, steht neben anderem',
        'what is not subject to tax stands with others'),
    }

PLAIN = HEAD | PARTIES | PAYMENT | LINES | SUMS | FAMILIES
