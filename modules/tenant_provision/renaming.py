"""Records whose module changed: they keep their ids and translations.

A module states in a file ``moved.py`` the XML ids that it took over: ``MOVED = {former module: XML ids}``.
The installer renames them before it updates the modules. Otherwise Tryton would create each record anew and
delete the former one.
"""
import importlib
import importlib.util

from trytond.modules.kernel.release import kontor_modules

_RENAME = """
WITH moved AS (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) AS m (old, new, fs_id)
), data AS (
    UPDATE ir_model_data d SET module = m.new FROM moved m
    WHERE d.module = m.old AND d.fs_id = m.fs_id AND NOT EXISTS (
        SELECT FROM ir_model_data n WHERE n.module = m.new AND n.fs_id = m.fs_id AND n.model = d.model)
    RETURNING d.model, d.db_id, m.old, m.new
)
UPDATE ir_translation t SET module = data.new FROM data
WHERE t.module = data.old AND t.res_id = data.db_id AND split_part(t.name, ',', 1) = data.model
    AND t.type = 'model'
"""


def rename(connection):
    """Give records that moved to another module its name, in one statement; may run any number of times"""
    rows = [
        (old, new, fs_id) for new, moved in _declared().items()
        for old, fs_ids in moved.items() for fs_id in fs_ids]
    if rows:
        connection.execute(_RENAME, [list(column) for column in zip(*rows, strict=True)])


def _declared():
    """Return {module: MOVED} of the modules that took records over"""
    return {
        module: importlib.import_module(name).MOVED for module in kontor_modules()
        if importlib.util.find_spec(name := f'trytond.modules.{module}.moved')}
