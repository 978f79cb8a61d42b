"""Records that this module took over: their former module → their XML ids"""

MOVED = {
    'account_invoice_issue': (
        'msg_amount_too_large', 'msg_books_incomplete', 'msg_logo_broken', 'msg_not_printable',
        'msg_number_gap', 'msg_number_twice', 'msg_one_tax', 'msg_period_closed', 'msg_quantity_digits',
        'msg_rendering_unavailable', 'msg_seller_city', 'msg_seller_name', 'msg_seller_postal_code',
        'msg_seller_street', 'msg_seller_vat_id', 'msg_tax_kind', 'msg_total_negative', 'msg_unknown',
        'msg_untaxed_needs_vat_id'),
    'flat_rate_project': ('msg_document_alone', 'msg_document_missing', 'msg_number_unique'),
    }
