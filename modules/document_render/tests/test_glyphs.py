import pytest
from trytond.modules.document_render import colours, fonts, glyphs


@pytest.mark.parametrize('text', [
    'Größe 5 € – „quoted“ …', 'مرحبا', '你好 日本語 한국어', '😀👨\u200d👩\u200d👧👍🏽', 'a\nb', '☑ ✓ → ≤',
    ])
def test_what_fonts_have_is_kept(text):
    assert glyphs.covered(text) == text


@pytest.mark.parametrize('text, expected', [
    ('\U00012000', '□'),            # cuneiform
    ('\ue000 \U000f0000', '□ □'),   # private use: PDF/A level A forbids them
    ('\ud800', '□'),                # half a surrogate pair
    ('\uffff\u0378', '□□'),         # unassigned code points
    ('a\x00b\x07c\x1b[31m', 'abc[31m'),
    ('a\tb\r\nc\u2028d', 'a b\nc\nd'),
    ('in\u202egro.evil\u202c', 'ingro.evil'),
    ('\ufeffText', 'Text'),
    ('e\u0301', 'é'),
    ('Z' + '\u0334' * 30 + 'a', 'Z' + '\u0334' * 4 + 'a'),
    ])
def test_what_cannot_be_printed_is_replaced(text, expected):
    assert glyphs.covered(text) == expected


def test_each_way_keeps_less():
    text = 'x\u0302 你 \u0e31'
    assert glyphs.covered(text) == text
    assert glyphs.unmarked(text) == 'x 你 '
    assert glyphs.plain(text) == 'x □ '


def test_printable_reaches_every_string():
    data = {'a': ['\U00012000', {'b': ('x', '\ue000')}], 'n': 1, 'none': None}
    assert glyphs.printable(data) == {'a': ['□', {'b': ['x', '□']}], 'n': 1, 'none': None}


def test_only_words_that_are_too_wide_break():
    text = 'kurz ' + 'W' * 30 + ' kurz'
    broken = glyphs.breakable(text, 'Arimo', 20)
    assert broken == 'kurz ' + '\u200b'.join('W' * 30) + ' kurz'
    assert glyphs.breakable('i' * 30, 'Arimo', 20) == 'i' * 30      # narrow letters fit
    assert glyphs.breakable('你' * 300, 'Arimo', 20) == '你' * 300   # has break opportunities of its own


def test_what_belongs_together_is_not_cut():
    family, thumb = '👨\u200d👩\u200d👧', '👍🏽'
    assert glyphs.clusters(family + thumb + 'e\u0301x') == [family, thumb, 'e\u0301', 'x']


def test_arimo_has_the_widths_of_arial():
    assert glyphs.width('0', 'Arimo') == pytest.approx(0.556, abs=0.001)
    assert glyphs.width('W', 'Arimo') == pytest.approx(0.944, abs=0.001)


@pytest.mark.parametrize('name, expected', [
    ('Arial', 'Arimo'), ('arial', 'Arimo'), (' Helvetica  Neue ', 'Arimo'), ('Calibri', 'Lato'),
    ('Times New Roman', 'Noto Serif'), ('Inter', 'Inter'), ('OPEN SANS', 'Open Sans'),
    ('Comic Sans MS', 'Arimo'), ('', 'Arimo'), ('"); #panic("', 'Arimo')])
def test_font_names(name, expected):
    assert fonts.family_of(name) == expected
    assert fonts.stack(name)[0] == expected
    assert 'Noto Sans CJK SC' in fonts.stack(name)


def test_all_fonts_are_the_known_ones():
    fonts.check(thorough=True)
    assert len(fonts.files()) == 40


def test_a_missing_or_altered_font_is_an_error(monkeypatch, tmp_path):
    name, folder = 'Arimo[wght].ttf', fonts.FOLDERS[0]
    (tmp_path / name).write_bytes(b'no font')
    (tmp_path / 'Arimo-Italic[wght].ttf').write_bytes(folder.location.joinpath(
        'Arimo-Italic[wght].ttf').read_bytes())
    monkeypatch.setattr(fonts.Folder, 'location', tmp_path)
    monkeypatch.setattr(fonts, 'FOLDERS', (folder,))
    fonts.check()
    with pytest.raises(fonts.FontMissing, match='not the one known'):
        fonts.check(thorough=True)
    (tmp_path / name).unlink()
    with pytest.raises(fonts.FontMissing, match='Arimo'):
        fonts.check()


@pytest.mark.parametrize('colour, expected', [
    ('#1E88E5', '#1e88e5'), ('#000', '#000000'), ('#ffffff', None), ('#ff0', None),
    ('#00000000', None), ('red', '#1e88e5'), ('', '#1e88e5'), ('#12', '#1e88e5')])
def test_a_title_can_be_read_on_white(colour, expected):
    found = colours.readable(colour, '#1E88E5', colours.LARGE)
    assert colours.contrast(colours.parse(found, '#000')) >= 3
    assert expected in {None, found}


def test_contrast():
    assert colours.contrast((0, 0, 0)) == pytest.approx(21)
    assert colours.contrast((255, 255, 255)) == pytest.approx(1)
    assert colours.contrast((118, 118, 118)) == pytest.approx(4.54, abs=0.01)
    assert colours.plain('#1E88E580', '#000') == '#8ec3f2'
