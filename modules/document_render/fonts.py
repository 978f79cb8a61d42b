"""The fonts of the documents: the files of the installation, and the fallbacks between families.

The fonts come from packages (SIL Open Font License 1.1) and are looked up as data: nothing of those packages
is imported. Each file is identified by its SHA-256, so every machine sets a document with the same glyphs and
the same data gives the same bytes. System fonts are never used.

``python -m trytond.modules.document_render.fonts`` checks every file; before its first document, a document
process checks that no file is absent.
"""
import hashlib
import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .errors import FontMissing

DEFAULT = 'Arimo'


class Folder(NamedTuple):
    """A folder with fonts: the package, the path in it and {file name: SHA-256}"""
    package: str
    path: str
    files: dict

    @property
    def location(self):
        spec = importlib.util.find_spec(self.package)
        if spec is None:
            raise FontMissing(f'the font package {self.package} is not installed')
        return Path(spec.submodule_search_locations[0]) / self.path

    def paths(self):
        return [self.location / name for name in self.files]


FOLDERS = (
    Folder('fontpkg_arimo', 'files', {
        'Arimo-Italic[wght].ttf':
            'a80fc54fd0233c1dfe298577c4d00f5ae81d5bb83510975e473c47e699b7f4ed',
        'Arimo[wght].ttf':
            'e43898b143ec826ac8cb4034816458a7047fbe0836558de2a1f8c6223ae3e0ca',
        }),
    Folder('fontpkg_inter', 'files', {
        'Inter-Italic[opsz,wght].ttf':
            'acd98e64795781b2058f07b18475e0ecee2a0fe2b42a49e2f9e37d0d6bf66ce6',
        'Inter[opsz,wght].ttf':
            '29160a80ff49ddcab2c97711247e08b1fab27a484a329ce8b813d820dc559031',
        }),
    Folder('fontpkg_lato', 'files', {
        'Lato-Bold.ttf':
            '8a0aace75d33794eece4b28187bfc1df0bbd2888b5d8a56e01788c8d65d16be1',
        'Lato-BoldItalic.ttf':
            '62c1b7f0d2e74b45960154c3520efc337b553db0961bfdc950d5618334596cc8',
        'Lato-Italic.ttf':
            'e399c44efe1387100531d26c7e4800c5d12251b890d6654a3098c7c679cb1786',
        'Lato-Regular.ttf':
            'd636e4683231f931eda222d588e944d082bfd3bdba02f928bee461c0f185b251',
        }),
    Folder('fontpkg_noto_serif', 'files', {
        'NotoSerif-Italic[wdth,wght].ttf':
            'e87acbc6c0efd0d9a20d6a8cbbda2b266c14be3a3a6f5af8ec9d7b2460570ad1',
        'NotoSerif[wdth,wght].ttf':
            '4d8e6761424656867019081a1a01336f3cb086982682698714054fc33f782713',
        }),
    Folder('fontpkg_open_sans', 'files', {
        'OpenSans-Italic[wdth,wght].ttf':
            'fe269381e992f32e135801740998544d6235061e37c93ec067ad2be3edd5b17b',
        'OpenSans[wdth,wght].ttf':
            '36643644f318a812aab2d2ed3bb98f8cf0872527f835fe9398d95fe6b9adb878',
        }),
    Folder('fontpkg_roboto', 'files', {
        'Roboto-Italic[wdth,wght].ttf':
            '9725a847af6b460ffca162ae66d20dad48b01876137947180b42d7dcd7887182',
        'Roboto[wdth,wght].ttf':
            'd7598e12c5dbef095ff8272cfc55da0250bd07fbdecbac8a530b9b277872a134',
        }),
    Folder('fontpkg_source_sans_3', 'files', {
        'SourceSans3-Italic[wght].ttf':
            '39e3ab05ccd7cb94907c31005bb5bec1d5432f0b096a2b782976e217a540eb6c',
        'SourceSans3[wght].ttf':
            '042fe2cc0b933e328410d7acbd0aa6a1873dca5aef81875f4bc214b08825c7b9',
        }),
    Folder('manimgx_fonts', '', {
        'NotoEmoji[wght].ttf':
            'de6c18832938afc99caf132b39d6a30a19bac7f2e812e28db2535b4608d27551',
        'NotoSans-Italic[wght].ttf':
            '28602f4b032ed8f5d91445e830585f34aba54ff9d3ac3e58c0b8834f3d6ae684',
        'NotoSansArabic[wght].ttf':
            '3fae4d7239d1faa55b234bda8091019a5251ff79df40d5e29367d84bed2a8138',
        'NotoSansArmenian[wght].ttf':
            'e979dfaed56ddb4bfd05121958b25425eb7593253d64b6b3654c77c11c5cda94',
        'NotoSansBengali[wght].ttf':
            'dc9defe97bb041876b6609e9029d9e1e228a686259acde2fe2a9f99d793ee17d',
        'NotoSansDevanagari[wght].ttf':
            'bf99bf762743ff3259e73196852520ab0ffe8d384238bff3e4806a84b981e972',
        'NotoSansEthiopic[wght].ttf':
            '93f223089e300b983dbfd693c7be619e0e76565a70d639e71a4fe0bfd72cf66f',
        'NotoSansGeorgian[wght].ttf':
            '42f4a8bf4fe0af8afd91ee3c19e81e14f1bc74ddbd9b6a59a4182f67a596adb4',
        'NotoSansGujarati[wght].ttf':
            '83d1bde74d64fb389f97a5e27b2699d8ee8bad4c15a02be347228e6c10011248',
        'NotoSansGurmukhi[wght].ttf':
            '8a3096ee2166f6383501e2df7b368fce88cfa4068c8d75bcb6af07da353a00ea',
        'NotoSansHebrew[wght].ttf':
            '9d81d81ad592644487b03843da73a87b99cd28a2c4da4a096e1db8fbd14fda61',
        'NotoSansKannada[wght].ttf':
            'b6b11505d76eddf916667d73adfec19095ec777742444dc662dae81471461f4e',
        'NotoSansKhmer[wght].ttf':
            '56f89948a84cc0b01962ed6af573ac4ac885bd7bb6e7e40f9afc72a435728b70',
        'NotoSansLao[wght].ttf':
            'fc138d605aa998d8407789ee6a7f5554aae8b54f5cd98d66dd2c33e79d15b67e',
        'NotoSansMalayalam[wght].ttf':
            '94cddc94a03fa9a5e8d1784090ba97b267def6933d60762081eaa003751142c5',
        'NotoSansMyanmar[wght].ttf':
            'e0b280aa3080aab922800c88fa9a2015a4bec3103bb8b70491a92e4a04f3a3a3',
        'NotoSansOriya[wght].ttf':
            '37f482d0179d0a50e3128d004f007ff1c1741ad5f6b0b2bcc7238b257ef1caa0',
        'NotoSansSinhala[wght].ttf':
            '3fd7c6a61cb6dfb8a2ca7af5b4078bd24e9c8ad9b55839a0177277db6e4d1326',
        'NotoSansSymbols[wght].ttf':
            '63724daeff6755a45933b9a5e3a3b41df5df8fe925c0f4c991f2f68c08a4182d',
        'NotoSansTamil[wght].ttf':
            '37e151cdec4a8cfb15c432f7bb164a83b98df69419d47e50b35aa7073963716b',
        'NotoSansTelugu[wght].ttf':
            '6c06de88b2d420d899543724a13765994191cd29860c6226efca098b51fec64b',
        'NotoSansThai[wght].ttf':
            '13f52f79b04f01f2751a81052a5dee2df639fd4e13f4ac30821ab45c8dd5f7e7',
        'NotoSans[wght].ttf':
            'fb53504de62e767a54695416123d68d67f71c9b69722175184ad56e7dd13547b',
        }),
    Folder('manimgx_fonts_cjk', '', {
        'NotoSansCJK-VF.otf.ttc':
            'd3d8256cdec8dbcb3552284bc6b20c734dd60c2ee9df83b5758e34807c4bac32',
        }),
    )

# family → the file with its upright style
FAMILIES = {
    'Arimo': 'Arimo[wght].ttf',
    'Inter': 'Inter[opsz,wght].ttf',
    'Lato': 'Lato-Regular.ttf',
    'Noto Sans': 'NotoSans[wght].ttf',
    'Noto Serif': 'NotoSerif[wdth,wght].ttf',
    'Open Sans': 'OpenSans[wdth,wght].ttf',
    'Roboto': 'Roboto[wdth,wght].ttf',
    'Source Sans 3': 'SourceSans3[wght].ttf',
    }

# Arimo has the widths of Arial; Carlito, which has those of Calibri, is Lato with other spacing.
ALIASES = {
    'Arimo': (
        'Arial', 'Arial MT', 'Helvetica', 'Helvetica Neue', 'Liberation Sans', 'Nimbus Sans',
        'sans-serif'),
    'Lato': ('Calibri', 'Carlito', 'Corbel'),
    'Noto Sans': ('Tahoma', 'Trebuchet MS', 'DejaVu Sans'),
    'Noto Serif': (
        'Times', 'Times New Roman', 'Liberation Serif', 'Georgia', 'Cambria', 'Garamond',
        'Palatino', 'serif'),
    'Open Sans': ('Segoe UI', 'Verdana', 'Frutiger', 'Myriad Pro'),
    'Source Sans 3': ('Source Sans Pro',),
    'Inter': ('San Francisco', 'system-ui'),
    }

# searched in this order for characters missing in the chosen family; then the rest of the bundled files
FALLBACK = (
    'Noto Sans', 'Noto Sans Arabic', 'Noto Sans Hebrew', 'Noto Sans CJK SC', 'Noto Sans Symbols',
    'Noto Emoji')


def known_names():
    """Return {font name in lower case: family}"""
    names = {family.lower(): family for family in FAMILIES}
    for family, aliases in ALIASES.items():
        names.update((alias.lower(), family) for alias in aliases)
    return names


KNOWN = known_names()


def family_of(name):
    """Return the family used for the requested font name"""
    return KNOWN.get(' '.join(name.lower().split()), DEFAULT)


def stack(name):
    """Return the families to search for each character, in order"""
    first = family_of(name)
    return (first, *(family for family in FALLBACK if family != first))


def folders():
    """Return the folders with the bundled fonts, in the form the typesetter expects"""
    return [str(folder.location) for folder in FOLDERS]


def files():
    """Return {file name: path} of all bundled fonts"""
    return {path.name: path for folder in FOLDERS for path in folder.paths()}


def check(thorough=False):
    """Raise FontMissing unless all bundled fonts are present; ``thorough`` also compares their content (about
    0.2 s).
    """
    for folder in FOLDERS:
        for path in folder.paths():
            if not path.is_file():
                raise FontMissing(f'the font {path.name} is missing from {folder.package}')
            if thorough and sha256(path) != folder.files[path.name]:
                raise FontMissing(f'the font {path.name} of {folder.package} is not the one known')


def sha256(path):
    with open(path, 'rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest()


@cache
def upright(family):
    return files()[FAMILIES[family]]


def main():
    try:
        check(thorough=True)
    except FontMissing as error:
        print(error, file=sys.stderr)
        return 1
    print(f'{len(files())} font files are present and unaltered')
    return 0


if __name__ == '__main__':
    sys.exit(main())
