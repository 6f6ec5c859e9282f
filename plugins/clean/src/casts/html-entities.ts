import { type Sql, sql } from '@sillage/sdk'
import { decodeHTMLStrict } from 'entities'

/** The names of HTML 4 and those of HTML 5 for signs of ASCII: what shops and page builders write. */
const names =
  'quot amp lt gt apos nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml OElig oelig Scaron scaron Yuml fnof circ tilde Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon Phi Chi Psi Omega alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega thetasym upsih piv ensp emsp thinsp zwnj zwj lrm rlm ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo dagger Dagger bull hellip permil prime Prime lsaquo rsaquo oline frasl euro image weierp real trade alefsym larr uarr rarr darr harr crarr lArr uArr rArr dArr hArr forall part exist empty nabla isin notin ni prod sum minus lowast radic prop infin ang and or cap cup int there4 sim cong asymp ne equiv le ge sub sup nsub sube supe oplus otimes perp sdot lceil rceil lfloor rfloor lang rang loz spades clubs hearts diams AMP LT GT QUOT COPY REG excl num dollar percnt lpar rpar ast plus comma period sol colon semi equals quest commat lsqb lbrack bsol rsqb rbrack Hat lowbar grave lcub lbrace verbar vert rcub rbrace Tab NewLine Abreve abreve Amacr amacr Aogon aogon Cacute cacute Ccaron ccaron Dcaron dcaron Dstrok dstrok Ecaron ecaron Emacr emacr Eogon eogon Gbreve gbreve Idot imath inodot Lstrok lstrok Nacute nacute Ncaron ncaron Odblac odblac Rcaron rcaron Sacute sacute Scedil scedil Tcaron tcaron Tcedil tcedil Udblac udblac Umacr umacr Uring uring Zacute zacute Zcaron zcaron Zdot zdot'.split(
    ' ',
  )
const entity = '^(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});'
/** What browsers take &#128; to &#159; for (HTML, numeric character reference end state). */
const windows = Array.from({ length: 32 }, (_, index) => decodeHTMLStrict(`&#${128 + index};`)).join('')

/** A text with its HTML entities read once: `Tea &amp; Co` → `Tea & Co`, `&#039;` → `'`. What is none stays. */
export function decodedEntities(text: Sql): Sql {
  const chars = sql.join(names.map((name) => sql`${name}: ${decodeHTMLStrict(`&${name};`)}`))
  const name = sql`found.name`
  const number = sql`case when ${name} ilike '#x%' then try_cast('0x' || substr(${name}, 3) as integer) else try_cast(substr(${name}, 2) as integer) end`
  const numbered = sql`
    case
      when ${number} between 128 and 159 then substr(${windows}, ${number} - 127, 1)
      when ${number} between 9 and 55295 or ${number} between 57344 and 1114111 then chr(${number})
    end
  `
  const char = sql`case when starts_with(${name}, '#') then ${numbered} else map {${chars}}[${name}] end`
  return sql`
    case
      when not contains(${text}, '&') then ${text}
      else array_to_string(
        list_transform(
          list_transform(
            string_split(${text}, '&'),
            lambda part, place: {
              part: part,
              sign: case when place = 1 then '' else '&' end,
              name: case when place = 1 then '' else regexp_extract(part, ${entity}, 1) end
            }
          ),
          lambda found: coalesce(${char} || substr(found.part, length(${name}) + 2), found.sign || found.part)
        ),
        ''
      )
    end
  `
}
