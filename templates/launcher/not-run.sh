echo "{{name}}: $looked" >&2
