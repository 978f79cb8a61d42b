"""A record that moves to another module stays the record it was, in the words it has."""
from trytond.modules.document_issue.moved import MOVED
from trytond.modules.tenant_provision import renaming

_MESSAGES = """
SELECT d.module, d.fs_id, d.db_id, t.lang, t.module, t.value
FROM ir_model_data d LEFT JOIN ir_translation t ON t.name = 'ir.message,text' AND t.res_id = d.db_id
WHERE d.module IN ('account_invoice_issue', 'document_issue') AND d.fs_id = ANY(%s) ORDER BY 2, 4
"""
_BACK = """
WITH data AS (
    UPDATE ir_model_data SET module = 'account_invoice_issue'
    WHERE module = 'document_issue' AND fs_id = ANY(%s) RETURNING db_id)
UPDATE ir_translation SET module = 'account_invoice_issue'
WHERE name = 'ir.message,text' AND res_id IN (SELECT db_id FROM data)
"""
MESSAGES = list(MOVED['account_invoice_issue'])


def test_a_message_that_moved_keeps_its_id_and_its_translations(superuser):
    connection = superuser
    before = connection.execute(_MESSAGES, (MESSAGES,)).fetchall()
    assert {row[0] for row in before} == {'document_issue'} == {row[4] for row in before}
    assert {row[1] for row in before} == set(MESSAGES)
    with connection.transaction(force_rollback=True):
        connection.execute(_BACK, (MESSAGES,))
        assert connection.execute(_MESSAGES, (MESSAGES,)).fetchall() != before
        renaming.rename(connection)
        assert connection.execute(_MESSAGES, (MESSAGES,)).fetchall() == before
        renaming.rename(connection)
        assert connection.execute(_MESSAGES, (MESSAGES,)).fetchall() == before
