from allocations.imports.run import run_import


def import_upload(upload_id: int) -> None:
    run_import(upload_id)
