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
    SELECT d.id, m.old, m.new
    FROM unnest(%s::text[], %s::text[], %s::text[]) AS m (old, new, fs_id)
        JOIN ir_model_data d ON d.module = m.old AND d.fs_id = m.fs_id
    WHERE NOT EXISTS (
        SELECT FROM ir_model_data n WHERE n.module = m.new AND n.fs_id = d.fs_id AND n.model = d.model)
), modules AS (
    INSERT INTO ir_module (create_date, name, state)
    SELECT CURRENT_TIMESTAMP, name, 'not activated' FROM (SELECT DISTINCT new FROM moved) AS m (name)
    WHERE NOT EXISTS (SELECT FROM ir_module i WHERE i.name = m.name)
), data AS (
    UPDATE ir_model_data d SET module = moved.new FROM moved WHERE d.id = moved.id
    RETURNING d.model, d.db_id, moved.old, moved.new
)
UPDATE ir_translation t SET module = data.new FROM data
WHERE t.module = data.old AND t.res_id = data.db_id AND split_part(t.name, ',', 1) = data.model
    AND t.type = 'model'
"""
"""A new module gets its row, which data refer to, as Tryton would make it when it activates the module"""


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
