"""Posted moves: they balance, and they do not change"""
from psycopg.sql import SQL, Identifier
from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.modules.immutable import FREELY, Seal
from trytond.modules.immutable.triggers import UNBALANCED
from trytond.pool import Pool, PoolMeta

# Runs at COMMIT with the owner's rights: row-level security would hide lines after a change of the tenant.
# A counted move is closed, so that SET CONSTRAINTS cannot make the check run before the last line
_BALANCED = """
CREATE OR REPLACE FUNCTION kontor_move_balanced() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {schema}, pg_temp SET enable_seqscan = off AS $function$
DECLARE rest numeric;
BEGIN
    SELECT sum(debit - credit) INTO rest FROM account_move_line WHERE move = NEW.id;
    IF rest <> 0 AND NOT kontor_unsealed() THEN
        RAISE EXCEPTION USING ERRCODE = '""" + UNBALANCED + """', TABLE = TG_TABLE_NAME,
            DETAIL = coalesce(NEW.number, NEW.id::text),
            MESSAGE = format(
                'move %s does not balance: %s is left', coalesce(NEW.number, NEW.id::text), rest);
    END IF;
    UPDATE account_move SET sealed_by = '0' WHERE id = NEW.id AND sealed_by = pg_current_xact_id();
    RETURN NULL;
END $function$
"""
_TRIGGER = """
CREATE CONSTRAINT TRIGGER kontor_balanced AFTER INSERT OR UPDATE OF state ON account_move
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'posted')
EXECUTE FUNCTION kontor_move_balanced()
"""


BY_POSTING = frozenset(['number', 'post_date', 'state'])
"""Fields that a client may not write: they follow from posting, which checks the period"""


class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    @classmethod
    def check_modification(cls, mode, moves, values=None, external=False):
        super().check_modification(mode, moves, values=values, external=external)
        if external and (
                mode == 'create' and any(m.state != 'draft' or m.number or m.post_date for m in moves)
                or mode == 'write' and values.keys() & BY_POSTING):
            raise AccessError(gettext('account_immutable.msg_only_by_posting'))

    @classmethod
    def __seal__(cls):
        return Seal(when=[{'state': ['posted']}], label='number')

    @classmethod
    def __raise_walls__(cls, cursor, roles):
        """Create the trigger that refuses a COMMIT unless each posted move's debits equal its credits"""
        cursor.execute("SELECT current_schema()")
        cursor.execute(SQL(_BALANCED).format(schema=Identifier(cursor.fetchone()[0])))
        cursor.execute("REVOKE ALL ON FUNCTION kontor_move_balanced() FROM PUBLIC")
        cursor.execute("DROP TRIGGER IF EXISTS kontor_balanced ON account_move")
        cursor.execute(_TRIGGER)


class Line(metaclass=PoolMeta):
    __name__ = 'account.move.line'

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(mode, lines, values=values, external=external)
        if external and (
                mode == 'create' and any(line.reconciliation for line in lines)
                or mode == 'write' and 'reconciliation' in values and any(
                    line.reconciliation and line.reconciliation.id != values['reconciliation']
                    for line in lines)):
            raise AccessError(gettext('account_immutable.msg_only_by_reconciling'))

    @classmethod
    def on_modification(cls, mode, lines, field_names=None):
        super().on_modification(mode, lines, field_names=field_names)
        if mode == 'write' and 'reconciliation' in field_names:
            # Stock checks that the lines add up to zero only when a reconciliation is created
            made = {line.reconciliation for line in lines if line.reconciliation}
            Pool().get('account.move.reconciliation').check_lines(list(made))

    @classmethod
    def __seal__(cls):
        return Seal(within=['move'], living={
                'reconciliation': FREELY, 'maturity_date': FREELY, 'state': [('draft', 'valid')]})


class TaxLine(metaclass=PoolMeta):
    __name__ = 'account.tax.line'

    @classmethod
    def __seal__(cls):
        return Seal(within=['move_line'])
