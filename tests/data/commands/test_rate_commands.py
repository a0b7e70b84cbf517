"""Rate decks as a person imports, lists and prints them."""

import pytest

from data.domain.errors import ImportRefused, Refused


@pytest.mark.parametrize("name", ["", " "])
def test_no_rate_table_is_without_a_name(run, says, csv_file, name):
    with pytest.raises(Refused, match="A rate table needs a name"):
        run("rates", "import", name, csv_file("code,rate", "44,0.05"))

    assert says("rates", "list").splitlines() == ["table  rates  customers"]


def test_a_refused_import_says_so(run, csv_file):
    with pytest.raises(ImportRefused, match="line 1"):
        run("rates", "import", "Retail", csv_file("nothing,here", "1,2"))


def test_a_deck_is_read_while_somebody_else_writes(run, store, csv_file):
    with store.writing(), pytest.raises(ImportRefused, match="much"):  # who waits does a minute
        run("rates", "import", "Retail", csv_file("code,rate", "44,much"))


def test_a_deck_without_a_rate_leaves_the_table_as_it_is(run, says, csv_file):
    says("rates", "import", "Retail", csv_file("code,rate", "44,0.05"))

    with pytest.raises(ImportRefused, match="no rate follows"):
        run("rates", "import", "Retail", csv_file("code,rate"))

    _, retail = says("rates", "list").splitlines()
    assert retail.split() == ["Retail", "1", "0"]


def test_a_rate_table_is_printed_as_a_file_that_brings_it_back(says, run, csv_file):
    says("rates", "import", "Retail", csv_file("code,rate,description", '44,0.05,"Isles, the"'))

    printed = says("rates", "export", "Retail")

    assert '44,"Isles, the",0.05,0,1,0.00,0.00,0,' in printed.splitlines()
    again = says("rates", "import", "Retail", csv_file(*printed.splitlines()))
    assert "0 added, 0 changed, 1 unchanged" in again
    with pytest.raises(Refused, match="no rate table 'Retale'"):
        run("rates", "export", "Retale")
