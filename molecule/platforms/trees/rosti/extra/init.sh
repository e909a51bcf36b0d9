# Has the program of another package say something, as an owner's init.sh may.
echo "$(hello) $(pwd)" >> /srv/data/inits
