import { compileSql, openBench } from '@sillage/testkit'
import { expect, it } from 'vitest'
import plugin from './communes.ts'

const place = async (rows: readonly (readonly [postcode: string | null, city: string | null])[]) => {
  await using bench = await openBench()
  await bench.load('people', {
    columns: { id: 'integer', cp: 'varchar', city: 'varchar' },
    rows: rows.map((row, id) => [id, ...row]),
  })
  const config = { postcode: 'cp', city: 'city' }
  const { select } = await compileSql(bench, plugin, { config, tables: { input: 'people' } })
  return (await bench.rows(`select * from (${select.text}) order by id`)).map(
    ({ commune_code, commune_match }) => [commune_code, commune_match],
  )
}

it('finds the commune of a CEDEX by its name', async () => {
  expect(
    await place([
      ['33077', 'BORDEAUX CEDEX'],
      ['75379', 'PARIS CEDEX 08'],
      ['20291', 'Bastia cedex 9'],
      ['06000', 'Nice Cedex 1'],
      ['92925', 'PARIS LA DEFENSE CEDEX'],
      ['97491', 'SAINTE CLOTILDE CEDEX'],
      ['97743', 'SAINT DENIS CEDEX 9'],
    ]),
  ).toEqual([
    ['33063', 'city'],
    ['75056', 'city'],
    ['2B033', 'city'],
    ['06088', 'exact'],
    [null, 'none'],
    [null, 'none'],
    ['97411', 'city'],
  ])
})

it('never takes a city that it knows for another commune', async () => {
  expect(
    await place([
      ['29000', 'Brest'],
      ['76600', 'Rouen'],
      ['20000', 'Lecci'],
      ['13140', 'Istres'],
      ['29000', 'Nulle-Part'],
      ['29000', 'Quimper'],
      ['29000', 'Marseille'],
      ['99999', 'Marseille'],
      ['29000', null],
      ['29000', ' '],
      [null, 'Brest'],
    ]),
  ).toEqual([
    ['29019', 'city'],
    ['76540', 'city'],
    ['2A139', 'city'],
    ['13047', 'city'],
    ['29232', 'postcode'],
    ['29232', 'exact'],
    [null, 'elsewhere'],
    [null, 'none'],
    ['29232', 'postcode'],
    ['29232', 'postcode'],
    [null, 'none'],
  ])
})

it('knows names as addresses shorten them', async () => {
  const cities = [
    ['45110', 'CHATEAUNEUF S/ LOIRE', '45082'],
    ['45110', 'Châteauneuf s. Loire', '45082'],
    ['54110', 'Dombasle s/Meurthe', '54159'],
    ['55200', 'FREMEREVILLE SS LES COTES', '55196'],
    ['55200', 'Frémeréville s/s les Côtes', '55196'],
    ['11400', 'Mas-Stes-Puelles', '11225'],
    ['76600', 'HAVRE (LE)', '76351'],
    ['76600', 'Havre', '76351'],
    ['17000', 'Rochelle (La)', '17300'],
    ['94240', "HAY LES ROSES (L')", '94038'],
    ['94240', 'LHAY LES ROSES', '94038'],
    ['02160', 'OEUILLY', '02565'],
    ['02160', 'Œuilly', '02565'],
    ['75012', 'Paris 12e arrondissement', '75056'],
    ['69003', 'LYON 3EME', '69123'],
    ['42000', 'Saint-E\u0301tienne\u200b', '42218'],
  ] as const
  expect(await place(cities.map(([postcode, city]) => [postcode, city]))).toEqual(
    cities.map(([, , code]) => [code, 'exact']),
  )
})

it('finds each commune by its own name and postcodes, and none of another name', async () => {
  await using bench = await openBench()
  const file = new URL(
    '../../../node_modules/@etalab/decoupage-administratif/data/communes.json',
    import.meta.url,
  )
  await bench.run(
    `create table people as select code, nom as city, unnest("codesPostaux") as cp from read_json('${file.pathname}', columns = {code: 'varchar', nom: 'varchar', type: 'varchar', "codesPostaux": 'varchar[]'}) where type = 'commune-actuelle'`,
  )
  const { select } = await compileSql(bench, plugin, {
    config: { postcode: 'cp', city: 'city' },
    tables: { input: 'people' },
  })
  const rows = await bench.rows(
    `select commune_match, count(*) as n, count(*) filter (where code = commune_code) as same from (${select.text}) group by all order by 1`,
  )
  expect(rows).toEqual([{ commune_match: 'exact', n: 35493, same: 35493 }])
})
