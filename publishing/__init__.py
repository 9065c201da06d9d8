"""Publishing: content files in, static portal and catalogue out (load → check → compile → render → swap)."""
