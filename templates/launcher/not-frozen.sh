trap '' PIPE
echo "not frozen: $looked"
