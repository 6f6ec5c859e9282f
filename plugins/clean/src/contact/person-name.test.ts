import { expect, it } from 'vitest'
import { normaliseCompany } from './company-name.ts'
import { normaliseName } from './person-name.ts'

it.each([
  ['VAN', 'Van'],
  ['DES', 'Des'],
  ['DER', 'Der'],
  ['Y', 'Y'],
  ['VAN ANH', 'Van Anh'],
  ['van Anh', 'Van Anh'],
  ['THI VAN ANH', 'Thi Van Anh'],
  ['MARIA DA CONCEIÇÃO', 'Maria da Conceição'],
  ['MARÍA DE LOS ÁNGELES', 'María de los Ángeles'],
  ["D'ARTAGNAN", "D'Artagnan"],
  ['J.P.', 'J.P.'],
  ['j.p.', 'J.P.'],
  ['J.-P.', 'J.-P.'],
  ['JEAN M.', 'Jean M.'],
  ['J.R.R.', 'J.R.R.'],
  ['HENRI IV', 'Henri IV'],
  ['jean xxiii', 'Jean XXIII'],
  ['Jean XXIII', 'Jean XXIII'],
  ['LIV', 'Liv'],
  ['İSMAİL', 'İsmail'],
  ['FRAN&Ccedil;OIS', 'François'],
])('no first name begins with a small letter: %j is %j', (text, name) => {
  expect(normaliseName(text, 'first')).toBe(name)
})

it.each([
  ['NGUYEN', 'Nguyen'],
  ["O'CONNOR", "O'Connor"],
  ['O&#039;CONNOR', "O'Connor"],
  ['O&amp;#039;CONNOR', "O'Connor"],
  ['B&eacute;RENGER', 'Bérenger'],
  ['DE LA TOUR', 'de La Tour'],
  ['VAN DEN BERG', 'van den Berg'],
  ["VAN 'T HOF", "van 't Hof"],
  ["'T HART", "'t Hart"],
  ['TER BEEK', 'ter Beek'],
  ['DA SILVA', 'da Silva'],
  ['DOS SANTOS', 'dos Santos'],
  ['DEL RÍO', 'del Río'],
  ['DE LOS SANTOS', 'de los Santos'],
  ['DELLA ROVERE', 'della Rovere'],
  ['ORTEGA Y GASSET', 'Ortega y Gasset'],
  ['COSTA E SILVA', 'Costa e Silva'],
  ['PUIG I CADAFALCH', 'Puig i Cadafalch'],
  ['MCDONALD', 'McDonald'],
  ["MCCARTHY-O'NEIL", "McCarthy-O'Neil"],
  ['MACDONALD', 'Macdonald'],
  ['MACHADO', 'Machado'],
  ['MACK', 'Mack'],
  ['STRAßE', 'Straße'],
  ['groß', 'Groß'],
  ['SMITH III', 'Smith III'],
  ['ﬁnch', 'Finch'],
  ['LE GOFF', 'Le Goff'],
  ['LE\u0301A', 'Léa'],
  ['LE\u200bA', 'Lea'],
  ['نیک\u200cپور', 'نیک\u200cپور'],
  ['LE\u200dA', 'Lea'],
  ['="DUPONT"', 'Dupont'],
  ["'DUPONT", 'Dupont'],
])('writes the surname %j as %j', (text, name) => {
  expect(normaliseName(text, 'last')).toBe(name)
})

it.each([
  ['LUDWIG VAN BEETHOVEN', 'Ludwig van Beethoven'],
  ['VAN NGUYEN', 'Van Nguyen'],
  ['JEAN DE LA FONTAINE', 'Jean de La Fontaine'],
  ['JOHN E SMITH', 'John E Smith'],
  ['DE GAULLE', 'de Gaulle'],
])('writes the full name %j as %j', (text, name) => {
  expect(normaliseName(text, 'full')).toBe(name)
})

it('reads the entities of a company and leaves its capitals', () => {
  expect(['Tea &amp; Co', 'AT&T', '\u00a0SNCF\u00a0'].map(normaliseCompany)).toEqual([
    'Tea & Co',
    'AT&T',
    'SNCF',
  ])
})
