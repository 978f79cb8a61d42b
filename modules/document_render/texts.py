"""All fixed words of a document in one table: key → (German, English)."""

TEXTS = {
    'title.invoice': ('Rechnung', 'Invoice'),
    # § 14 (4) 10 UStG: the word itself is mandatory; "self-billing" is the directive's English
    'title.gutschrift': ('Gutschrift', 'Gutschrift (self-billing invoice)'),
    # never "Gutschrift": that word has meant self-billing since 2013 (§ 14c UStG)
    'title.credit_note': ('Rechnungskorrektur', 'Credit note'),
    'title.gutschrift_correction': ('Korrektur der Gutschrift', 'Correction of Gutschrift (self-billing)'),
    'title.offer': ('Angebot', 'Offer'),
    'title.delivery_note': ('Lieferschein', 'Delivery note'),

    'number.invoice': ('Rechnungsnummer', 'Invoice number'),
    'number.gutschrift': ('Gutschriftnummer', 'Document number'),
    'number.credit_note': ('Korrekturnummer', 'Credit note number'),
    'number.gutschrift_correction': ('Korrekturnummer', 'Document number'),
    'number.offer': ('Angebotsnummer', 'Offer number'),
    'number.delivery_note': ('Lieferscheinnummer', 'Delivery note number'),
    'date.invoice': ('Rechnungsdatum', 'Invoice date'),
    'date.gutschrift': ('Ausstellungsdatum', 'Date of issue'),
    'date.credit_note': ('Ausstellungsdatum', 'Date of issue'),
    'date.offer': ('Angebotsdatum', 'Offer date'),
    'date.delivery_note': ('Lieferscheindatum', 'Date of issue'),
    'due.invoice': ('Zahlbar bis', 'Payable by'),
    'due.gutschrift': ('Auszahlung bis', 'Payment by'),
    'due.credit_note': ('Erstattung bis', 'Refund by'),
    'due.gutschrift_correction': ('Rückzahlung bis', 'Repayment by'),
    'due.offer': ('Gültig bis', 'Valid until'),
    'due.delivery_note': ('Fällig am', 'Due on'),
    'supply_date': ('Leistungsdatum', 'Date of supply'),
    'supply_period': ('Leistungszeitraum', 'Period of supply'),
    'delivery_date': ('Lieferdatum', 'Date of delivery'),
    'delivery_time': ('Lieferzeit', 'Delivery time'),
    'days': ('{days} Tage', '{days} days'),
    'days.one': ('1 Tag', '1 day'),
    'days.none': ('sofort', 'immediate'),
    'customer_number': ('Kundennummer', 'Customer number'),
    'supplier_number': ('Lieferantennummer', 'Supplier number'),
    'reference': ('Ihre Referenz', 'Your reference'),
    'preceding': ('Zu Rechnung', 'Corrects invoice'),
    'preceding.gutschrift_correction': ('Zu Gutschrift', 'Corrects Gutschrift'),
    'preceding.delivery_note': ('Zu Angebot', 'Offer'),
    'preceding_of': ('{number} vom {date}', '{number} of {date}'),
    'contact': ('Ansprechpartner', 'Contact'),
    'your_vat_id': ('Ihre USt-IdNr.', 'Your VAT ID'),
    'your_vat_id.AT': ('Ihre UID-Nr.', 'Your VAT ID'),
    'your_tax_number': ('Ihre Steuernummer', 'Your tax number'),

    'position': ('Pos.', 'No.'),
    'description': ('Beschreibung', 'Description'),
    'quantity': ('Menge', 'Quantity'),
    'unit': ('Einheit', 'Unit'),
    'unit_price': ('Einzelpreis ({currency})', 'Unit price ({currency})'),
    'amount': ('Betrag ({currency})', 'Amount ({currency})'),

    'net': ('Nettobetrag', 'Net amount'),
    'tax_on': ('{rate} {label} auf {base}', '{rate} {label} on {base}'),
    'gross.invoice': ('Rechnungsbetrag', 'Amount due'),
    'gross.gutschrift': ('Gutschriftbetrag', 'Amount payable to you'),
    'gross.credit_note': ('Korrekturbetrag', 'Credit amount'),
    'gross.gutschrift_correction': ('Korrekturbetrag', 'Corrected amount'),
    'gross.offer': ('Angebotssumme', 'Total'),
    'gross.delivery_note': ('Gesamtbetrag', 'Total'),
    'prices_gross': (
        'Die Preise der Positionen enthalten die {label}.',
        'The prices of the lines include {label}.'),
    'tax_label': ('USt', 'VAT'),

    'payment': ('Zahlung', 'Payment'),
    'payment.gutschrift': ('Auszahlung an', 'Payment to'),
    'payee': ('Empfänger', 'Payee'),
    'iban': ('IBAN', 'IBAN'),
    'iban.unchecked': ('IBAN (Prüfziffer falsch)', 'IBAN (check digits wrong)'),
    'bic': ('BIC', 'BIC'),
    'bank': ('Bank', 'Bank'),
    'remittance': ('Verwendungszweck', 'Reference'),
    'online': ('Online bezahlen', 'Pay online'),
    'qr.epc': ('Mit der Banking-App\nscannen und zahlen', 'Scan and pay with\nyour banking app'),
    'qr.link': ('Scannen und\nonline bezahlen', 'Scan and\npay online'),
    'qr_alt.epc': (
        'QR-Code für die SEPA-Überweisung dieses Betrags',
        'QR code for a SEPA credit transfer of this amount'),
    'qr_alt.link': ('QR-Code mit dem Link zur Zahlung', 'QR code with the payment link'),

    'received': (
        'Die aufgeführten Lieferungen und Leistungen wurden erhalten:',
        'The goods and services listed above have been received:'),
    'place_date': ('Ort, Datum', 'Place, date'),
    'signature': ('Unterschrift', 'Signature'),

    'phone': ('Tel.', 'Phone'),
    'vat_id': ('USt-IdNr.', 'VAT ID'),
    'vat_id.AT': ('UID-Nr.', 'VAT ID'),
    'tax_number': ('Steuernummer', 'Tax number'),
    'logo_alt': ('Logo von {name}', 'Logo of {name}'),
    'page': ('Seite {page} von {pages}', 'Page {page} of {pages}'),
    }
LANGUAGES = ('de', 'en')


def text(key, language, **values):
    """Return the words for a key; a key with a variant, such as a country, falls back to its stem"""
    pair = TEXTS.get(key) or TEXTS[key.rpartition('.')[0]]
    return pair[LANGUAGES.index(language)].format(**values)
