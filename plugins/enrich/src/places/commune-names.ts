import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Sql, sql } from '@sillage/sdk'
import { cityForm, formsWithoutArticle } from './city-form.ts'

const data = join(
  dirname(createRequire(import.meta.url).resolve('@etalab/decoupage-administratif/package.json')),
  'data',
)

/** How a name stands in the reference, best first. */
export const nameClass = { current: 0, former: 1, currentWithoutArticle: 2, formerWithoutArticle: 3 } as const

/**
 * One row for each commune and each way to write its name: `city`, its `class`, its `postcodes`, the `area` in which names are looked for
 * (the département; Corsica is one, as it is to the post) and the commune of today as `place`, for former ones too.
 */
export function communeNames(): Sql {
  const communes = sql`read_json(${join(data, 'communes.json')}, format = 'array', columns = {code: 'varchar', nom: 'varchar', departement: 'varchar', region: 'varchar', type: 'varchar', "chefLieu": 'varchar', "codesPostaux": 'varchar[]', population: 'bigint'})`
  const named = (file: string): Sql =>
    sql`read_json(${join(data, file)}, format = 'array', columns = {code: 'varchar', nom: 'varchar'})`
  return sql`
    select
      unnest([{city: city, class: class}] || list_transform(${formsWithoutArticle(sql`city`)}, lambda form: {city: form, class: class + ${nameClass.currentWithoutArticle}}), recursive := true),
      postcodes, area, place
    from (
      select ${cityForm(sql`c.nom`)} as city,
        case when c.type = 'commune-actuelle' then ${nameClass.current} else ${nameClass.former} end as class,
        coalesce(c."codesPostaux", today."codesPostaux") as postcodes,
        case when today.departement in ('2A', '2B') then '20' else today.departement end as area,
        {commune_code: today.code, commune: today.nom, departement_code: today.departement, departement: d.nom, region_code: today.region, region: r.nom, population: today.population, departement_population: inhabitants.n} as place
      from ${communes} c
      join (select * from ${communes} where type = 'commune-actuelle') today on today.code = case when c.type = 'commune-actuelle' then c.code else c."chefLieu" end
      left join (select departement, sum(population)::bigint as n from ${communes} where type = 'commune-actuelle' group by departement) inhabitants on inhabitants.departement = today.departement
      left join ${named('departements.json')} d on d.code = today.departement
      left join ${named('regions.json')} r on r.code = today.region
    )
  `
}
