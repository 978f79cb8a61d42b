"""Sequences that have issued numbers only move forward: no reset, no gap, no deletion.

PostgreSQL refuses a decrease and a deletion for every role; a user at the client may not make a gap either.
"""
from psycopg.sql import SQL, Identifier
from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.modules.immutable.seal import seals
from trytond.modules.immutable.triggers import SEALED
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

COUNTING = frozenset(['number_next', 'number_next_internal', 'number_increment', 'type'])
_USED = """
EXISTS (SELECT FROM account_move m JOIN account_period p ON p.id = m.period
    JOIN account_fiscalyear y ON y.id = p.fiscalyear
    WHERE coalesce(p.move_sequence, y.move_sequence) = {id} AND m.number IS NOT NULL)
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION kontor_series_goes_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $function$
BEGIN
    IF ({used}) AND NOT kontor_unsealed() THEN
        RAISE EXCEPTION USING ERRCODE = '""" + SEALED + """', TABLE = TG_TABLE_NAME,
            DETAIL = OLD.name,
            COLUMN = CASE TG_OP WHEN 'UPDATE' THEN 'number_next_internal' ELSE '' END,
            MESSAGE = format('%s of series %s is refused: it has given numbers', TG_OP, OLD.name);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $function$
"""
_TRIGGERS = {
    'kontor_series_back':
        "BEFORE UPDATE ON ir_sequence_strict FOR EACH ROW WHEN ("
        "NEW.number_next_internal < OLD.number_next_internal OR NEW.number_next_internal IS NULL"
        " OR NEW.number_increment IS DISTINCT FROM OLD.number_increment"
        " OR NEW.type IS DISTINCT FROM OLD.type)",
    'kontor_series_gone': "BEFORE DELETE ON ir_sequence_strict FOR EACH ROW",
    }


def used(id):
    """Return the SQL condition that a sequence has given a number to a sealed record or to a move"""
    records = [
        SQL("EXISTS (SELECT FROM {} WHERE sequence = {} AND number IS NOT NULL)").format(
            Identifier(Model._table), id)
        for Model, _ in seals(Pool()).values() if {'number', 'sequence'} <= Model._fields.keys()]
    return SQL(' OR ').join([*records, SQL(_USED).format(id=id)])


class SequenceStrict(metaclass=PoolMeta):
    __name__ = 'ir.sequence.strict'

    @classmethod
    def __raise_walls__(cls, cursor, roles):
        """Create the triggers that keep a sequence from going back; called as the owner of the tables"""
        cursor.execute("SELECT current_schema()")
        schema = Identifier(cursor.fetchone()[0])
        cursor.execute(SQL(_FUNCTION).format(
                schema=schema, used=used(SQL('OLD.id'))))
        cursor.execute("REVOKE ALL ON FUNCTION kontor_series_goes_on() FROM PUBLIC")
        for name, event in _TRIGGERS.items():
            cursor.execute(SQL("DROP TRIGGER IF EXISTS {} ON ir_sequence_strict").format(Identifier(name)))
            cursor.execute(SQL(
                    "CREATE TRIGGER {} " + event + " EXECUTE FUNCTION kontor_series_goes_on()").format(
                    Identifier(name)))

    @classmethod
    def check_modification(cls, mode, sequences, values=None, external=False):
        super().check_modification(mode, sequences, values=values, external=external)
        if external and mode == 'write' and values.keys() & COUNTING:
            for sequence in sequences:
                if _is_used(sequence.id):
                    raise AccessError(gettext(
                            'account_immutable.msg_series_used', series=sequence.rec_name))


def _is_used(id):
    row = Transaction().connection.execute(
        SQL("SELECT {}").format(used(SQL('%(id)s'))), {'id': id}).fetchone()
    return row[0]
