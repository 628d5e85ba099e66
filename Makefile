# The two commands are `make run` and `make test`; the rest is a convenience beside them.
.PHONY: help run test watch end2end release bench bench-book limits soak cluster

help:
	@echo "make run      build and start the program (needs only rustup)"
	@echo "make test     set everything up and run every test"
	@echo "make watch    rebuild and reload at every change (cargo leptos)"
	@echo "make release  build what is deployed: target/release/family-budget and target/site"
	@echo "make cluster  two processes on PostgreSQL and Redis behind a proxy, on loopback, with throw-away data"
	@echo "make end2end  only the tests in the browser"
	@echo "make soak     an hour of faults: kills, freezes, cuts, lost messages; ARGS=seconds for another length"
	@echo "make limits   measure one process with SQLite, one with PostgreSQL, two with PostgreSQL and Redis"
	@echo "make bench    measure the live path: 100, 1,000 and 10,000 sockets, beside a bare loop"
	@echo "make bench-book  measure requests in a book of 100,000 transactions, beside one of 1,000"

run:
	@bash scripts/run.sh

test:
	@bash scripts/test.sh

cluster:
	@bash scripts/cluster.sh

watch:
	@bash scripts/watch.sh

end2end:
	@bash scripts/end2end.sh $(ARGS)

release:
	@bash scripts/release.sh

bench:
	@bash scripts/bench.sh $(ARGS)

bench-book:
	@bash scripts/bench-book.sh $(ARGS)

limits:
	@bash scripts/limits.sh $(ARGS)

soak:
	@bash scripts/soak.sh $(ARGS)
