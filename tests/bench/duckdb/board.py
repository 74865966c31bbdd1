"""The peer of the board part: DuckDB over the CSV files of a folder, asked the questions in its `questions.json`.

Prints one JSON object: what was set up, and by way (`live`, `pre-joined`) and kind the times in milliseconds and the answers.
"""

import json
import resource
import sys
import time

import duckdb

TABLES = ["User", "Role", "Profile", "License", "PermissionSet", "Assignment", "Login", "Person"]
COLUMNS = """Name, Username, Email, IsActive, Department, Title, UserType, Country, City, CreatedDate, Cost, Role, Profile, License,
    Sets, SetCount, LastLogin, PersonStatus, PersonDepartment, PersonMatch"""
# What filters and orders go by; permission sets are looked up for the rows that are shown.
LIVE = """
    select u.*, lower(trim(u.Email)) EmailKey, r.Name Role, f.Name Profile, l.Name License, g.LastLogin, p.Status PersonStatus,
        p.Department PersonDepartment, case when p.Id is null then 'no match' else 'same e-mail address' end PersonMatch
    from "User" u
    left join Role r on r.Id = u.RoleId
    left join Profile f on f.Id = u.ProfileId
    left join License l on l.Id = f.LicenseId
    left join (select UserId, max(LoginTime) LastLogin from Login where Status = 'Success' group by 1) g on g.UserId = u.Id
    left join Person p on lower(trim(p.Mail)) = lower(trim(u.Email))"""
SETS = """
    select a.UserId, list(s.Label order by a.Id)[1:10] Sets, count(*) SetCount
    from Assignment a join PermissionSet s on s.Id = a.PermissionSetId {of} group by 1"""
WITH_SETS = "select b.*, coalesce(s.Sets, []) Sets, coalesce(s.SetCount, 0) SetCount from {board} b left join ({sets}) s on s.UserId = b.Id"
# Those in which the board looks for words.
TEXTS = """Name Username Email Department Title UserType Country City Role Profile License PersonStatus PersonDepartment""".split()


def rows(db, way, where, order, values, offset=0):
    """A page and the number of all rows that match, each way as it is fastest."""
    if way == "live":
        sets = WITH_SETS.format(board="page", sets=SETS.format(of="where a.UserId in (select Id from page)"))
        found = db.execute(
            f"""with page as materialized (
                select *, count(*) over () Total from live {where} order by {order} limit 50 offset {offset}
            ) select Id, {COLUMNS}, Total from ({sets}) order by {order}""",
            values,
        ).fetchall()
        return {"total": found[0][-1] if found else 0, "rows": [row[:-1] for row in found]}
    page = f'select rowid from "pre-joined" {where} order by {order} limit 50 offset {offset}'
    found = db.execute(f'select Id, {COLUMNS} from "pre-joined" where rowid in ({page}) order by {order}', values).fetchall()
    total = db.execute(f'select count(*) from "pre-joined" {where}', values).fetchone()[0]
    return {"total": total, "rows": found}


def page(db, way, asked):
    where = """where IsActive and License in ($first, $second)
        and (LastLogin < $before or LastLogin is null or PersonStatus = 'Suspended')"""
    first, second = asked["licenses"]
    return rows(db, way, where, "LastLogin nulls last, Id", {"first": first, "second": second, "before": asked["before"]})


def sort(db, way, asked):
    """Live, the fifty are found among the users before anything is joined."""
    order = f"EmailKey {'desc' if asked['descending'] else 'asc'}, Id"
    if way != "live":
        return rows(db, way, "", order, {})
    first = f'select Id from (select Id, lower(trim(Email)) EmailKey from "User") order by {order} limit 50'
    found = rows(db, way, f"where Id in ({first})", order, {})
    return {**found, "total": db.execute('select count(*) from "User"').fetchone()[0]}


def search(db, way, asked):
    found = " or ".join(f"contains(lower({column}), $word)" for column in TEXTS)
    return rows(db, way, f"where {found}", "Id", {"word": asked["word"]})


def later(db, way, asked):
    order = f"LastLogin {'desc' if asked['descending'] else 'asc'} nulls last, Id"
    return rows(db, way, "", order, {}, asked["offset"])


def group(db, way, asked):
    """The largest ninety-nine, those without a role, and how many groups and rows are left out. Live, nothing but roles is joined."""
    board = '(select r.Name Role, u.Cost from "User" u left join Role r on r.Id = u.RoleId)' if way == "live" else '"pre-joined"'
    groups = db.execute(f"select Role, count(*), sum(Cost) from {board} group by 1 order by 2 desc, lower(Role)").fetchall()
    known = [group for group in groups if group[0] is not None]
    unknown = [group for group in groups if group[0] is None]
    shown = [[title, count, [float(total)]] for title, count, total in known[:99] + unknown]
    return {"groups": shown, "left_out": [len(known[99:]), sum(count for _, count, _ in known[99:])]}


def timed(ask, db, way, questions):
    """Once to warm up, then each."""
    ask(db, way, questions[0])
    milliseconds, answers = [], []
    for question in questions:
        begun = time.perf_counter()
        answers.append(ask(db, way, question))
        milliseconds.append((time.perf_counter() - begun) * 1000)
    return {"milliseconds": milliseconds, "answers": answers}


def main():
    folder = sys.argv[1]
    with open(f"{folder}/questions.json", encoding="utf-8") as file:
        asked = json.load(file)
    db = duckdb.connect()
    # As many as ours has at the most; the order of rows is asked for where it matters.
    db.execute("set threads = 2; set preserve_insertion_order = false")
    begun = time.perf_counter()
    for table in TABLES:
        db.execute(f'create table "{table}" as select * from read_csv(\'{folder}/{table}.csv\')')
    loaded = time.perf_counter()
    db.execute(f"create view live as {LIVE}")
    db.execute(f'create table "pre-joined" as {WITH_SETS.format(board="live", sets=SETS.format(of=""))}')
    joined = time.perf_counter()
    said = {}
    for way, count in asked["ways"].items():
        said[way] = {
            ask.__name__: timed(ask, db, way, asked["questions"][ask.__name__][:count])
            for ask in [page, sort, search, group, later]
        }
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said["about"] = (
        f"DuckDB {duckdb.__version__}, 2 threads: loaded in {loaded - begun:.1f} s, joined beforehand in {joined - loaded:.1f} s, "
        f"peak {megabytes} MiB"
    )
    print(json.dumps(said))


main()
